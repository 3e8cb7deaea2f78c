internal import Synchronization

/// A value while a template is rendered: what Python would have in its place.
///
/// What can change lives in the renderer, and values refer to it by number, so that no cycle of values
/// is possible and all of them go when the renderer does.
enum Value: Sendable {
    case undefined(Undefined)
    case none
    case bool(Bool)
    case int(Int)
    case float(Double)
    case text(Text)
    case list(Items)
    case tuple(Items)
    case mapping(Mapping)
    case range(Progression)
    /// What `keys()`, `values()` and `items()` of a mapping return.
    case view(Mapping.View, Mapping)
    /// A generator: its items can be visited once.
    case generator(Generator)
    /// By its number in the renderer.
    case namespace(Int)
    /// By the number of the loop, as long as it runs.
    case loop(Int)
    case macro(Macro)
    case global(Global)
    indirect case method(String, of: Value)

    /// A macro, or the body of a call block, and where it was defined.
    struct Macro: Sendable {
        let definition: MacroDefinition
        let scope: Int
    }

    static func text(_ string: String) -> Value { .text(Text(string)) }

    var isUndefined: Bool {
        if case .undefined = self { true } else { false }
    }

    var isNone: Bool {
        if case .none = self { true } else { false }
    }

    /// The name of the value's type in Python, for errors.
    var typeName: String {
        switch self {
        case .undefined: "Undefined"
        case .none: "NoneType"
        case .bool: "bool"
        case .int: "int"
        case .float: "float"
        case .text(let text): text.isMarkup ? "Markup" : "str"
        case .list: "list"
        case .tuple: "tuple"
        case .mapping: "dict"
        case .range: "range"
        case .view(let view, _): view.typeName
        case .generator: "generator"
        case .namespace: "Namespace"
        case .loop: "LoopContext"
        case .macro: "Macro"
        case .global: "function"
        case .method: "method"
        }
    }

    /// How deep lists and mappings are nested in it.
    var depth: Int {
        switch self {
        case .list(let items), .tuple(let items): items.depth
        case .mapping(let mapping), .view(_, let mapping): mapping.depth
        case .generator(let generator): generator.items.depth
        case .method(_, let receiver): receiver.depth + 1
        default: 0
        }
    }
}

/// A name or a member that there is none of (jinja2's default `Undefined`).
enum Undefined: Sendable {
    case name(String)
    case member(String, of: String)
    case element(Int, of: String)
    case hint(String)

    var message: String {
        switch self {
        case .name(let name): "'\(name)' is undefined"
        case .member(let name, let object): "'\(object) object' has no attribute '\(name)'"
        case .element(let index, let object): "\(object) object has no element \(index)"
        case .hint(let hint): hint
        }
    }
}

/// The items of a list or a tuple, which never change.
struct Items: Sendable {
    let values: [Value]
    let depth: Int

    static let empty = Items(checked: [])

    /// - Throws: when values are nested too deeply.
    init(_ values: [Value]) throws(Fault) {
        self.values = values
        var deepest = 0
        for value in values { deepest = max(deepest, value.depth) }
        depth = deepest + 1
        guard depth <= TemplateLimits.valueDepth else {
            throw Fault(
                .limitExceeded,
                "values are nested in more than \(TemplateLimits.valueDepth) lists and mappings")
        }
    }

    private init(checked values: [Value]) {
        self.values = values
        depth = 1
    }

    /// Items that contain no lists or mappings.
    static func flat(_ texts: [Text]) -> Items { Items(checked: texts.map { .text($0) }) }

    /// A part or another order of the same items.
    func with(_ values: [Value]) -> Items { Items(values: values, depth: depth) }

    private init(values: [Value], depth: Int) {
        self.values = values
        self.depth = depth
    }
}

/// The items of a generator, and which of them come next.
final class Generator: Sendable {
    let items: Items
    /// Atomic only because values are sendable; one renderer visits them.
    private let next = Atomic(0)

    init(_ items: Items) {
        self.items = items
    }

    /// The next item.
    func pop() -> Value? {
        let index = next.load(ordering: .relaxed)
        guard index < items.values.count else { return nil }
        next.store(index + 1, ordering: .relaxed)
        return items.values[index]
    }

    /// All items that are left.
    func drain() -> [Value] {
        let index = next.exchange(items.values.count, ordering: .relaxed)
        return Array(items.values[index...])
    }
}

/// `range` of Python, of at most `TemplateLimits.rangeCount` items.
struct Progression: Sendable {
    let start: Int
    let step: Int
    let count: Int

    /// - Throws: for a step of 0, and for too many items.
    init(from start: Int, to end: Int, by step: Int) throws(Fault) {
        guard step != 0 else { throw Fault(.runtime, "range() arg 3 must not be zero") }
        self.start = start
        self.step = step
        let (distance, overflows) =
            step > 0
            ? end.subtractingReportingOverflow(start) : start.subtractingReportingOverflow(end)
        if distance <= 0, !overflows {
            count = 0
            return
        }
        let (last, _) = distance.subtractingReportingOverflow(1)
        let steps = UInt(bitPattern: last) / step.magnitude
        guard !overflows, steps < TemplateLimits.rangeCount else {
            throw Fault(
                .limitExceeded,
                "a range of more than \(TemplateLimits.rangeCount) items")
        }
        count = Int(steps) + 1
    }

    /// An item below the count; none overflows, since they lie between start and end.
    subscript(index: Int) -> Value { .int(start + index * step) }

    var values: [Value] { (0..<count).map { self[$0] } }
}
