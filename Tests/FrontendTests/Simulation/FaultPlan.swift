import FoundationEssentials
import Frontend
import TestSupport
import Wire

/// How big a run is and what goes wrong in it; chances are per mille of a step.
struct FaultPlan {
    let sabotage: Sabotage?
    let workerCount: Int
    let slots: Int
    let clientCount: Int
    let requestsPerClient: Int
    let deaths: Int
    /// Times at which all workers die at once, which nobody's request is to blame for.
    let massacres: Int
    let pauses: Int
    let gaps: Int
    let duplicates: Int
    let disconnects: Int
    let vanish: Int
    let cancels: Int
    let blocks: Int
    let poisons: Int
    /// Workers that say beforehand that a step takes long.
    let slowSteps: Int
    /// Pipes to workers that are full for a while.
    let fullPipes: Int
    /// Deaths after which nothing comes up at the place any more.
    let endsOfPlaces: Int
    /// Whether an engine keeps what is accepted, how often the front dies, and how many of its deaths take the power along.
    let isDurable: Bool
    let frontDeaths: Int
    let powerLosses: Int
    /// Times at which the disk takes nothing for a while.
    let diskFaults: Int
    /// Events that wait for others before their turn ends.
    let batching: Int
    /// How far the clock on the wall jumps, in seconds.
    let clockJumps: ClosedRange<Int>
    /// Tokens of a worker's chunk.
    ///
    /// Where the front dies it is one, as real workers have it: what a client has ends with a chunk, and the next front must cut
    /// the reply there too.
    let chunkWidth: ClosedRange<Int>
    /// Requests come in until then; a short time is a burst.
    let lastSubmission: Int
    /// How long a client may be gone.
    let statedGrace: Duration
    /// Changes of the shelf; 0: workers come with their adapters.
    let changes: Int
    /// Adapters that do not load, and registries that cannot be written.
    let shelfFaults: Int
    /// Answers to offers that come so late that the edition may have been dropped, and offered again.
    let lateAnswers: Int
    let configuration: BrokerConfiguration
    /// Whether nothing is wrong but massacres.
    let isCalm: Bool

    init(_ random: inout SeededGenerator, sabotage: Sabotage?) {
        self.sabotage = sabotage
        func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
        // This fault shows only where much waits for one worker and its clients all leave.
        let isLonely = sabotage == .endlessGrace
        workerCount = isLonely ? 1 : sabotage == .anyAnswer ? 3 : number(1...3)
        slots = isLonely ? 1 : number(1...4)
        clientCount = number(1...4)
        requestsPerClient = isLonely ? 6 : number(1...6)
        let isOfMassacres = sabotage == .noRollCall
        isCalm = isOfMassacres || number(0...4) == 0
        deaths = isCalm ? 0 : number(0...15)
        pauses = isCalm ? 0 : number(0...10)
        gaps = sabotage == .endlessAttempts ? 900 : isCalm ? 0 : number(0...40)
        duplicates = isCalm ? 0 : number(0...100)
        disconnects = isLonely ? 8 : isCalm ? 0 : number(0...8)
        vanish = isLonely ? 1000 : number(0...200)
        cancels = number(0...4)
        blocks = isCalm ? 0 : number(0...300)
        poisons = isCalm ? 0 : number(0...100)
        slowSteps = isCalm ? 0 : number(0...5)
        fullPipes = isCalm ? 0 : number(0...10)
        endsOfPlaces = isCalm ? 0 : number(0...300)
        let isOfFront = sabotage?.isOfEngine ?? false
        isDurable = isOfFront || !isCalm && !isLonely && number(0...1) == 0
        // What ended while nothing could be recorded may end otherwise after a death.
        let hasDeaths = isOfFront || number(0...3) > 0
        frontDeaths = isDurable && hasDeaths ? number(1...4) : 0
        powerLosses = sabotage == .unforced ? 1000 : 400
        chunkWidth = frontDeaths > 0 ? 1...1 : 1...3
        diskFaults = isDurable && !hasDeaths ? number(1...3) : 0
        batching = number(0...1) * number(0...600)
        // A clock that goes back would give a new front more time than a client asked for.
        clockJumps = frontDeaths > 0 ? 0...3600 : -3600...3600
        lastSubmission = isLonely || number(0...3) == 0 ? 300 : 6000
        let changesShelf = sabotage?.needsChanges ?? (number(0...2) > 0)
        // This one shows where what one worker refuses is offered to the others once more.
        let isOfOffers = sabotage == .anyAnswer
        changes = changesShelf ? number(isOfOffers ? 10...12 : 10...40) : 0
        shelfFaults = isOfOffers ? 500 : isCalm ? 0 : number(0...150)
        lateAnswers = isOfOffers ? 1000 : 400
        massacres = isOfMassacres ? 1 : number(0...1)
        var configuration = BrokerConfiguration()
        configuration.changeTimeout = .seconds(3)
        configuration.heartbeatInterval = .milliseconds(100)
        configuration.workerTimeout = .milliseconds(400)
        configuration.stopTimeout = .milliseconds(500)
        statedGrace = .milliseconds(isLonely ? 200 : number(200...3000))
        configuration.clientGrace = sabotage == .endlessGrace ? .seconds(3600) : statedGrace
        if sabotage == .deafFront { configuration.silenceLimit = .zero }
        configuration.stallTimeout = .seconds(4)
        // Then readers that are slow have their replies parked.
        if number(0...1) == 0 { configuration.streamByteLimit = number(800...1600) }
        configuration.agingLimit = .milliseconds(300)
        configuration.queueLimit = number(2...20)
        if sabotage == .endlessAttempts {
            configuration.attemptLimit = 1000
            configuration.dispatchLimit = 1000
        }
        self.configuration = configuration
    }

    /// A request of any kind.
    func submission(_ random: inout SeededGenerator) -> WireSubmit {
        func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
        let words = ["calm", "formal", "terse", "plain", "please", "summarize"]
        var text = (0..<number(1...4)).map { _ in
            "Be " + (0..<number(1...4)).map { _ in words[number(0...5)] }.joined(separator: " ")
                + "."
        }.joined(separator: " ")
        if number(0...999) < poisons { text = "A poison. " + text }
        var submit = WireSubmit()
        submit.request = Data((0..<16).map { _ in UInt8(number(1...255)) })
        submit.prompt.text = text
        switch number(0...3) {
        case 0: submit.selection.base = WireBaseSelection()
        case 1:
            submit.selection.fixed.shares = [
                WireNamedWeight {
                    $0.name = "calm"; $0.weight = Float(number(-4...4)) / 2
                }
            ]
        default: submit.selection.auto = WireAutoSelection()
        }
        submit.split = number(0...3) == 0
        if number(0...3) == 0 { submit.limits.maxTokens = UInt32(number(1...50)) }
        if number(0...4) == 0 { submit.limits.deadlineMs = UInt32(number(10...3000)) }
        if number(0...2) == 0 { submit.credit = UInt32(number(1...4)) }
        if number(0...5) == 0 { submit.kvRule = .pin }
        submit.keep = number(0...4) == 0
        submit.priority = [.normal, .high, .low][number(0...2)]
        if number(0...11) == 0, !submit.split {
            submit.encodeOnly = true
        } else {
            submit.scores.reply = number(0...3) == 0
            submit.scores.prompt = number(0...3) == 0
            submit.limits.noReply = submit.limits.maxTokens == 0 && number(0...9) == 0
        }
        if Bool.random(using: &random) { submit.sampling.seed = UInt64(number(0...1000)) }
        return submit
    }
}
