/// What is left of the limits while a template is rendered.
struct Budget: Sendable {
    private var steps: Int
    private var bytes: Int

    init(_ limits: TemplateLimits) {
        steps = limits.stepCount
        bytes = limits.byteCount
    }

    /// Takes one step.
    mutating func step() throws(Fault) {
        steps -= 1
        guard steps >= 0 else {
            throw Fault(.limitExceeded, "the template takes too many steps for this input")
        }
    }

    /// Takes a step for each of so many items.
    mutating func step(_ count: Int) throws(Fault) {
        steps -= min(max(count, 0), steps + 1)
        guard steps >= 0 else {
            throw Fault(.limitExceeded, "the template takes too many steps for this input")
        }
    }

    /// Takes bytes for a key that is looked up, or compared.
    mutating func charge(_ key: Value) throws(Fault) {
        if case .text(let text) = key { try allocate(text.bytes.count) }
    }

    /// Takes bytes for a text of which each character is looked at, which takes longer than copying it.
    mutating func scan(_ text: Text) throws(Fault) { try allocate(text.bytes.count * 8) }

    /// Takes bytes for a text that is made or searched.
    mutating func allocate(_ count: Int) throws(Fault) {
        bytes -= min(max(count, 0), bytes + 1)
        guard bytes >= 0 else {
            throw Fault(.limitExceeded, "the template makes too much text of this input")
        }
    }
}
