/// Renders a template once.
struct Renderer {
    var budget: Budget
    var scopes = Scopes()
    /// What was written since the innermost macro or block began.
    var output = Text()
    /// The members of each namespace.
    var namespaces: [Mapping] = []
    /// The loops that run, the innermost last.
    var loops: [LoopState] = []
    var loopCount = 0
    /// What is at work, for errors.
    var place = (line: 1, construct: "")
    let time: CivilTime
    private let limits: TemplateLimits
    private var depth = 0

    init(time: CivilTime, limits: TemplateLimits) {
        self.time = time
        self.limits = limits
        budget = Budget(limits)
    }

    /// How a statement ended.
    enum Flow {
        case normal, breaks, continues
    }

    mutating func deepen() throws(Fault) {
        depth += 1
        guard depth <= limits.depth else {
            throw Fault(
                .limitExceeded,
                "statements, operations and calls are more than \(limits.depth) deep within each other"
            )
        }
    }

    mutating func surface() { depth -= 1 }

    // MARK: Statements

    mutating func execute(_ statements: [Statement]) throws(Fault) -> Flow {
        try deepen()
        defer { surface() }
        for statement in statements {
            try budget.step()
            let flow = try execute(statement)
            guard case .normal = flow else { return flow }
        }
        return .normal
    }

    private mutating func execute(_ statement: Statement) throws(Fault) -> Flow {
        switch statement.kind {
        case .output(let expressions):
            for expression in expressions { try write(try value(of: expression)) }
        case .set(let target, let expression):
            let value = try value(of: expression)
            place = (statement.line, "set")
            try assign(value, to: target)
        case .setBlock(let target, let filter, let body):
            let (text, flow) = try capture(body)
            guard case .normal = flow else { return flow }
            let value = try filter.map { filter throws(Fault) in
                try self.value(of: filter, block: text)
            }
            place = (statement.line, "set")
            try assign(value ?? .text(text), to: target)
        case .condition(let branches, let otherwise):
            for branch in branches where try value(of: branch.test).isTrue {
                return try execute(branch.body)
            }
            return try execute(otherwise)
        case .loop(let loop):
            let items = try value(of: loop.items)
            place = (statement.line, "for")
            return try iterate(loop, over: try members(of: items), depth: 0, scope: scopes.current)
        case .macro(let definition):
            try defineMacro(definition)
        case .callBlock(let call, let body):
            try write(try value(of: call, caller: body))
        case .filterBlock(let filter, let body):
            let (text, flow) = try capture(body)
            guard case .normal = flow else { return flow }
            try write(try value(of: filter, block: text))
        case .with(let values, let body):
            var results: [(target: Target, value: Value)] = []
            for entry in values { results.append((entry.target, try value(of: entry.value))) }
            let previous = scopes.enter(parent: scopes.current)
            defer { scopes.leave(for: previous) }
            place = (statement.line, "with")
            for result in results { try assign(result.value, to: result.target) }
            return try execute(body)
        case .generation(let body):
            let previous = scopes.enter(parent: scopes.current)
            defer { scopes.leave(for: previous) }
            return try execute(body)
        case .breakLoop: return .breaks
        case .continueLoop: return .continues
        }
        return .normal
    }

    // MARK: Output

    mutating func write(_ value: Value) throws(Fault) {
        if case .text(let text) = value {
            try budget.allocate(text.bytes.count)
            output.append(text)
        } else {
            output.append(try value.text(&budget))
        }
    }

    /// What statements write, in a scope of their own.
    mutating func capture(_ body: [Statement]) throws(Fault) -> (Text, Flow) {
        var outer = Text()
        swap(&outer, &output)
        let previous = scopes.enter(parent: scopes.current)
        defer { scopes.leave(for: previous) }
        let flow = try execute(body)
        swap(&outer, &output)
        return (outer, flow)
    }

    // MARK: Assignment

    mutating func assign(_ value: Value, to target: Target) throws(Fault) {
        switch target {
        case .name(let name): scopes.set(name.id, to: value)
        case .member(let name, let member):
            guard case .namespace(let index) = scopes[name.id] else {
                throw Fault(
                    .runtime, "cannot assign attribute on non-namespace object '\(name.text)'")
            }
            try setMember(member, of: index, to: value)
        case .tuple(let targets):
            let members = try members(of: value)
            guard members.count == targets.count else {
                throw Fault(
                    .runtime,
                    "\(members.count) values cannot be unpacked into \(targets.count) names")
            }
            for (target, member) in zip(targets, members) { try assign(member, to: target) }
        }
    }

    mutating func setMember(_ name: String, of namespace: Int, to value: Value) throws(Fault) {
        guard !name.hasPrefix("_") else {
            throw Fault(
                .runtime, "a namespace takes no name that begins with an underscore: '\(name)'")
        }
        try namespaces[namespace].set(.text(name), to: value)
    }

    // MARK: Values

    /// What iterating over a value visits, each at the price of a step.
    mutating func members(of value: Value) throws(Fault) -> [Value] {
        if let count = value.count { try budget.step(count) }
        if case .text(let text) = value { try budget.allocate(text.bytes.count * 32) }
        return try value.members()
    }

    mutating func list(_ values: [Value]) throws(Fault) -> Value {
        try budget.allocate(values.count * 32)
        return .list(try Items(values))
    }

    /// The characters of a value that stands for a text, at the price of its bytes.
    mutating func text(of value: Value) throws(Fault) -> Text {
        let text = try value.text(&budget)
        try budget.allocate(text.bytes.count)
        return text
    }
}
