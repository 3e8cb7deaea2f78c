/// The values that a call passes.
struct Call {
    var positional: [Value] = []
    var named: [(name: String, value: Value)] = []

    /// The values of a function's parameters; nil for those that were not passed.
    ///
    /// - Throws: for too many values, for names that there are none of, and when one of the first `required` is
    ///   missing.
    func bind(
        _ names: [String], required: Int = 0, of function: String
    ) throws(Fault) -> [Value?] {
        guard positional.count <= names.count else {
            throw Fault(
                .runtime,
                "\(function) takes \(names.count) arguments, \(positional.count) were given")
        }
        var values: [Value?] =
            positional + Array(repeating: nil, count: names.count - positional.count)
        for argument in named {
            guard let index = names.firstIndex(of: argument.name), values[index] == nil else {
                throw Fault(.runtime, "\(function) takes no argument '\(argument.name)' here")
            }
            values[index] = argument.value
        }
        for index in 0..<required where values[index] == nil {
            throw Fault(.runtime, "\(function) needs the argument '\(names[index])'")
        }
        return values
    }

    func refuseNamed(of function: String) throws(Fault) {
        if let argument = named.first {
            throw Fault(.runtime, "\(function) takes no argument '\(argument.name)'")
        }
    }
}

extension Value {
    /// An argument that has to be an integer.
    func requireInteger(_ name: String) throws(Fault) -> Int {
        guard let integer else { throw Fault.expected("an integer for '\(name)'", self) }
        return integer
    }

    /// An argument that has to be a text.
    func requireText(_ name: String) throws(Fault) -> Text {
        guard case .text(let text) = self else {
            throw Fault.expected("a string for '\(name)'", self)
        }
        return text
    }
}
