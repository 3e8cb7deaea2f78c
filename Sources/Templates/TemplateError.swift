/// What is wrong with a template, or with what it was given.
public struct TemplateError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of failure, for callers that react to it.
    public enum Code: String, Sendable {
        /// The source is no template.
        case syntax
        /// The template uses something that is not implemented.
        case unsupported
        /// An operation got a value that it has no meaning for.
        case runtime
        /// Reading or rendering takes more than its limits.
        case limitExceeded
        /// The template itself refuses its input by `raise_exception`; the message is its own.
        case raised
    }

    public let code: Code
    public let message: String
    /// Counts from 1.
    public let line: Int
    /// The tag, filter, test, method or operator at fault; empty where there is none.
    public let construct: String

    public var description: String {
        let place = construct.isEmpty ? "line \(line)" : "line \(line), \(construct)"
        return "\(place): \(message)"
    }
}

/// A failure below the renderer, which knows where in the template it is.
struct Fault: Error {
    let code: TemplateError.Code
    let message: String

    init(_ code: TemplateError.Code = .runtime, _ message: String) {
        self.code = code
        self.message = message
    }

    static func expected(_ what: String, _ value: Value) -> Fault {
        if case .undefined(let undefined) = value { return Fault(.runtime, undefined.message) }
        return Fault(.runtime, "\(what) was expected, not '\(value.typeName)'")
    }
}
