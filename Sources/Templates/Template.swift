/// A chat template: a program in the part of Jinja that Hugging Face's chat templates use.
///
/// It is read once and rendered often. It means what `transformers` 5 means by it: jinja2's
/// `ImmutableSandboxedEnvironment` with `trim_blocks`, `lstrip_blocks` and loop controls, and the
/// globals and filters that `apply_chat_template` adds. A template sees nothing but its variables and
/// the time, changes nothing, and takes no more than its limits.
public struct Template: Sendable {
    private let statements: [Statement]
    private let names: NameTable

    /// Reads a template.
    ///
    /// - Throws: for what is no template, and for tags that are not supported. Filters and tests that are
    ///   not known are refused when they are reached.
    public init(_ source: String) throws(TemplateError) {
        var parser = try Parser(source)
        statements = try parser.parse()
        names = parser.names
        guard names.count <= TemplateLimits.nameCount else {
            throw TemplateError(
                code: .limitExceeded,
                message:
                    "\(names.count) names of variables; at most \(TemplateLimits.nameCount) are allowed",
                line: 1, construct: "")
        }
    }

    /// The text that the template makes of variables, in stretches of one origin.
    ///
    /// - Parameter time: what `strftime_now` shows.
    /// - Throws: for variables that the template has no use for, or refuses.
    public func render(
        _ variables: [(name: String, value: TemplateValue)], time: CivilTime,
        limits: TemplateLimits = TemplateLimits()
    ) throws(TemplateError) -> [TemplateRun] {
        var renderer = Renderer(time: time, limits: limits)
        for (name, global) in Global.all {
            if let id = names[name] { renderer.scopes.set(id, to: .global(global)) }
        }
        for variable in variables {
            if let id = names[variable.name] {
                renderer.scopes.set(id, to: variable.value.value)
            }
        }
        do {
            _ = renderer.scopes.enter(parent: renderer.scopes.current)
            _ = try renderer.execute(statements)
            return renderer.output.templateRuns
        } catch {
            throw TemplateError(
                code: error.code, message: error.message, line: renderer.place.line,
                construct: renderer.place.construct)
        }
    }
}
