/// A value that a template is given.
public struct TemplateValue: Sendable {
    let value: Value

    public static let none = TemplateValue(value: .none)

    public static func bool(_ value: Bool) -> TemplateValue { TemplateValue(value: .bool(value)) }

    public static func int(_ value: Int) -> TemplateValue { TemplateValue(value: .int(value)) }

    public static func float(_ value: Double) -> TemplateValue {
        TemplateValue(value: .float(value))
    }

    public static func text(_ value: String, _ origin: TextOrigin) -> TemplateValue {
        TemplateValue(value: .text(Text(value, origin)))
    }

    /// - Throws: when values are nested too deeply.
    public static func list(_ values: [TemplateValue]) throws(TemplateError) -> TemplateValue {
        do {
            return TemplateValue(value: .list(try Items(values.map(\.value))))
        } catch {
            throw TemplateError(code: error.code, message: error.message, line: 0, construct: "")
        }
    }

    /// A mapping; of equal keys the last one counts.
    ///
    /// - Throws: when values are nested too deeply.
    public static func mapping(
        _ members: [(key: String, value: TemplateValue)], keys origin: TextOrigin
    ) throws(TemplateError) -> TemplateValue {
        do {
            var map = Mapping()
            for member in members {
                try map.set(.text(Text(member.key, origin)), to: member.value.value)
            }
            return TemplateValue(value: .mapping(map))
        } catch {
            throw TemplateError(code: error.code, message: error.message, line: 0, construct: "")
        }
    }
}
