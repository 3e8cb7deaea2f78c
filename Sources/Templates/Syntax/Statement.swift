/// A part of a template that does something.
struct Statement: Sendable {
    let kind: Kind
    let line: Int

    indirect enum Kind: Sendable {
        case output([Expression])
        case set(Target, Expression)
        case setBlock(Target, filter: Expression?, [Statement])
        case condition([(test: Expression, body: [Statement])], otherwise: [Statement])
        case loop(Loop)
        case macro(MacroDefinition)
        case callBlock(Expression, MacroDefinition)
        case filterBlock(Expression, [Statement])
        case with([(target: Target, value: Expression)], [Statement])
        /// `{% generation %}`: what an assistant says, for trainers; here a scope.
        case generation([Statement])
        case breakLoop
        case continueLoop
    }

    struct Loop: Sendable {
        let target: Target
        let items: Expression
        let filter: Expression?
        let isRecursive: Bool
        let body: [Statement]
        let otherwise: [Statement]
    }
}

/// What is assigned to.
indirect enum Target: Sendable {
    case name(Name)
    case member(of: Name, String)
    case tuple([Target])
}

/// A macro, or the body of a call block.
final class MacroDefinition: Sendable {
    let name: String
    /// The number of its name.
    let id: Int
    let parameters: [Parameter]
    let body: [Statement]
    /// Whether the body reads `caller`, `varargs` and `kwargs`; what it does not read must not be passed.
    let readsCaller: Bool
    let readsVarargs: Bool
    let readsKwargs: Bool

    struct Parameter: Sendable {
        let name: Name
        let fallback: Expression?
    }

    init(name: Name, parameters: [Parameter], body: [Statement], reads: Set<Int>) {
        self.name = name.text
        id = name.id
        self.parameters = parameters
        self.body = body
        readsCaller = reads.contains(NameTable.caller)
        readsVarargs = reads.contains(NameTable.varargs)
        readsKwargs = reads.contains(NameTable.kwargs)
    }
}
