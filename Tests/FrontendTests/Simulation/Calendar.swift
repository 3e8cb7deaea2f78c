/// What is still to happen, in order of time; what was planned first comes first at equal times.
struct Calendar<Happening> {
    private var entries: [(time: Duration, serial: Int, happening: Happening)] = []
    private var serial = 0

    mutating func plan(_ happening: Happening, at time: Duration) {
        serial += 1
        // Sorted descending, so that the next one is the last.
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].time > time { low = middle + 1 } else { high = middle }
        }
        entries.insert((time, serial, happening), at: low)
    }

    /// Forgets what will not happen any more.
    mutating func cancel(where isOff: (Happening) -> Bool) {
        entries.removeAll { isOff($0.happening) }
    }

    mutating func next() -> (time: Duration, happening: Happening)? {
        entries.popLast().map { ($0.time, $0.happening) }
    }
}
