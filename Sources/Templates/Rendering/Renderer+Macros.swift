extension Renderer {
    mutating func defineMacro(_ definition: MacroDefinition) throws(Fault) {
        scopes.pin()
        scopes.set(
            definition.id, to: .macro(Value.Macro(definition: definition, scope: scopes.current)))
    }

    /// What a macro writes.
    mutating func invoke(_ macro: Value.Macro, _ call: Call) throws(Fault) -> Value {
        let definition = macro.definition
        var named = call.named
        func take(_ name: String) -> Value? {
            guard let index = named.firstIndex(where: { $0.name == name }) else { return nil }
            return named.remove(at: index).value
        }
        let previous = scopes.enter(parent: macro.scope)
        defer { scopes.leave(for: previous) }
        for (index, parameter) in definition.parameters.enumerated() {
            var value: Value?
            if index < call.positional.count {
                value = call.positional[index]
            } else {
                value = take(parameter.name.text)
            }
            if value == nil, let fallback = parameter.fallback {
                value = try self.value(of: fallback)
            }
            let missing = Undefined.hint("parameter '\(parameter.name.text)' was not provided")
            scopes.set(parameter.name.id, to: value ?? .undefined(missing))
        }
        let hasCaller = definition.parameters.contains { $0.name.id == NameTable.caller }
        if definition.readsCaller, !hasCaller {
            let caller = take("caller")
            scopes.set(NameTable.caller, to: caller ?? .undefined(.hint("No caller defined")))
        }
        try bindRest(of: definition, call, named)
        var outer = Text()
        swap(&outer, &output)
        _ = try execute(definition.body)
        swap(&outer, &output)
        return .text(outer)
    }

    /// What no parameter took: into `kwargs` and `varargs` where the body reads them, refused otherwise.
    private mutating func bindRest(
        of definition: MacroDefinition, _ call: Call, _ named: [(name: String, value: Value)]
    ) throws(Fault) {
        if definition.readsKwargs {
            var kwargs = Mapping()
            for argument in named { try kwargs.set(.text(argument.name), to: argument.value) }
            scopes.set(NameTable.kwargs, to: .mapping(kwargs))
        } else if let argument = named.first {
            throw Fault(
                .runtime, "macro '\(definition.name)' takes no keyword argument '\(argument.name)'")
        }
        let rest = Array(call.positional.dropFirst(definition.parameters.count))
        if definition.readsVarargs {
            scopes.set(NameTable.varargs, to: .tuple(try Items(rest)))
        } else if !rest.isEmpty {
            throw Fault(
                .runtime,
                "macro '\(definition.name)' takes not more than \(definition.parameters.count) argument(s)"
            )
        }
    }

    /// Calls whatever a value is.
    mutating func call(_ callee: Value, _ call: Call) throws(Fault) -> Value {
        switch callee {
        case .macro(let macro): return try invoke(macro, call)
        case .global(let global): return try self.call(global, call)
        case .loop(let id): return try recurse(loop: id, call)
        case .method(let name, let receiver): return try callMethod(name, of: receiver, call)
        case .undefined(let undefined): throw Fault(.runtime, undefined.message)
        default: throw Fault(.runtime, "'\(callee.typeName)' object is not callable")
        }
    }
}
