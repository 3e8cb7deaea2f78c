/// The variables of a template while it is rendered, by the scopes that jinja2 gives them: the template,
/// each run of a loop's body, macros, and blocks with scopes of their own.
struct Scopes: Sendable {
    private var scopes = [Scope(parent: -1)]
    private(set) var current = 0
    /// Scopes below this number stay, since macros refer to them.
    private var pinned = 0

    private struct Scope: Sendable {
        let parent: Int
        var variables: [(id: Int, value: Value)] = []
    }

    subscript(id: Int) -> Value? {
        var scope = current
        while scope >= 0 {
            for variable in scopes[scope].variables where variable.id == id {
                return variable.value
            }
            scope = scopes[scope].parent
        }
        return nil
    }

    /// Sets a variable of the current scope.
    mutating func set(_ id: Int, to value: Value) {
        for index in scopes[current].variables.indices
        where scopes[current].variables[index].id == id {
            scopes[current].variables[index].value = value
            return
        }
        scopes[current].variables.append((id, value))
    }

    /// Enters a new scope, and returns the one to leave it for.
    mutating func enter(parent: Int) -> Int {
        let previous = current
        scopes.append(Scope(parent: parent))
        current = scopes.count - 1
        return previous
    }

    mutating func leave(for previous: Int) {
        if current >= pinned, current == scopes.count - 1 { scopes.removeLast() }
        current = previous
    }

    /// Keeps the current scope and those around it until the end.
    mutating func pin() { pinned = scopes.count }
}
