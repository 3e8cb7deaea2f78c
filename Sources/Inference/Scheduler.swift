internal import DequeModule

/// Decides which tokens of which sequences go through the model next; pure, so that it can be tested without one.
///
/// Every sequence that decodes gets its row; prompts share what is left of the step, first come first served. Beside
/// decoding that is as many chunks of the pacer's size as there are prompts: the more wait, the less they are held back. What
/// a step leaves of them that is no more than it took goes at once, so that a burst is not drawn out towards its end.
struct Scheduler {
    /// Tokens of one sequence in a step.
    struct Share: Equatable {
        let sequence: Int
        let tokenCount: Int
    }

    /// Most rows of a step.
    let rowCapacity: Int
    /// Most sequences that run at once.
    let slotCount: Int
    private(set) var waiting: Deque<Int> = []
    private(set) var running: [Int] = []
    /// Prompt tokens that a step beside decoding left, where it took no fewer itself.
    private var rest = 0

    init(rowCapacity: Int, slotCount: Int) {
        self.rowCapacity = rowCapacity
        self.slotCount = slotCount
    }

    mutating func enqueue(_ sequence: Int) {
        waiting.append(sequence)
    }

    /// Lets waiting sequences run, in their order, while there are slots and `admit` finds room for them.
    mutating func admit(_ admit: (Int) -> Bool) {
        while running.count < slotCount, let next = waiting.first, admit(next) {
            waiting.removeFirst()
            running.append(next)
        }
    }

    mutating func remove(_ sequence: Int) {
        running.removeAll { $0 == sequence }
        waiting.removeAll { $0 == sequence }
    }

    /// Lets a running sequence wait, as the first of all, until there is room for it again.
    mutating func postpone(_ sequence: Int) {
        remove(sequence)
        waiting.prepend(sequence)
    }

    /// The next step's rows.
    ///
    /// - Parameters:
    ///   - limit: rows that do not take too long; beyond it go sequences that decode, and a few tokens of a prompt.
    ///   - chunk: the prompt tokens of a step in which some sequence decodes, for each prompt that waits.
    ///   - remaining: how many tokens of a sequence are not in the cache yet; 1 means that it decodes.
    mutating func plan(
        into shares: inout [Share], limit: Int = .max, chunk: Int = .max, remaining: (Int) -> Int
    ) {
        shares.removeAll(keepingCapacity: true)
        var room = rowCapacity
        for sequence in running where room > 0 && remaining(sequence) == 1 {
            shares.append(Share(sequence: sequence, tokenCount: 1))
            room -= 1
        }
        let decodes = !shares.isEmpty
        room = min(room, max(limit - shares.count, StepPacer.least))
        var prompts = 0
        var total = 0
        for sequence in running {
            let count = remaining(sequence)
            guard count > 1 else { continue }
            prompts += 1
            total += count
        }
        if decodes && total > rest {
            let (paced, isMore) = max(chunk, 1).multipliedReportingOverflow(by: prompts)
            if !isMore { room = min(room, paced) }
        }
        var left = total
        for sequence in running where room > 0 {
            let count = remaining(sequence)
            guard count > 1 else { continue }
            shares.append(Share(sequence: sequence, tokenCount: min(count, room)))
            left -= min(count, room)
            room -= min(count, room)
        }
        rest = decodes && left <= total - left ? left : 0
    }
}
