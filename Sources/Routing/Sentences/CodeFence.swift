/// A fenced block of code: three backticks or tildes at the start of a line open it, as many alone close it.
struct CodeFence {
    /// The mark that opened the block.
    private var mark: Unicode.Scalar?
    /// The last line closed a block.
    var hasEnded = false

    /// Nothing visible has been read of the line.
    private(set) var lineIsBlank = true
    /// The run of marks that the line begins with.
    private var run: Unicode.Scalar?
    private var runLength = 0
    private var runGoesOn = true

    private static let shortestRun = 3

    var isOpen: Bool { mark != nil }

    /// Takes a visible scalar; true if it opens a block.
    mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        defer { lineIsBlank = false }
        guard runGoesOn, scalar == "`" || scalar == "~", lineIsBlank || run == scalar else {
            runGoesOn = false
            run = nil
            return false
        }
        run = scalar
        runLength += 1
        guard runLength == Self.shortestRun, mark == nil else { return false }
        mark = scalar
        run = nil
        runGoesOn = false
        return true
    }

    mutating func takeSpace() {
        runGoesOn = runGoesOn && lineIsBlank
    }

    /// Ends the block if the line holds nothing but the mark that opened it.
    mutating func takeNewline() {
        if let open = mark, run == open, runLength >= Self.shortestRun {
            mark = nil
            hasEnded = true
        }
        lineIsBlank = true
        run = nil
        runLength = 0
        runGoesOn = true
    }
}
