import Tensors
import TestSupport

@testable import Templates

/// What `Tests/Goldens/make_templates.py` recorded.
enum TemplateGoldens {
    /// When the recorded templates were rendered.
    static let time = CivilTime(year: 2025, month: 3, day: 7, hour: 9, minute: 5, second: 2)

    static func document(_ name: String) throws -> JSONValue {
        let path = GoldenFolder.path("templates/\(name)")
        return try JSONValue(parsing: try FileBytes.array(path: path, limit: 1 << 24))
    }

    /// The members of an object as variables, all of which a client wrote.
    static func variables(_ json: JSONValue?) throws -> [(name: String, value: TemplateValue)] {
        var variables: [(name: String, value: TemplateValue)] = []
        for (key, member) in json?.object ?? [:] { variables.append((key, try value(member))) }
        return variables
    }

    static func value(_ json: JSONValue) throws -> TemplateValue {
        switch json {
        case .null: return .none
        case .bool(let value): return .bool(value)
        case .integer(let value): return .int(Int(value))
        case .number(let value): return .float(value)
        case .string(let value): return .text(value, .message)
        case .array(let values): return try .list(values.map(value))
        case .object(let object):
            return try .mapping(
                object.map { (key: $0.key, value: try value($0.value)) }, keys: .message)
        }
    }

    static func render(
        _ source: String, _ variables: [(name: String, value: TemplateValue)] = [],
        limits: TemplateLimits = TemplateLimits()
    ) throws(TemplateError) -> String {
        try Template(source).render(variables, time: time, limits: limits).map(\.text).joined()
    }
}
