import Testing

@testable import Templates

/// Nothing that a template does goes on without bound.
@Suite struct LimitTests {
    private func refusal(_ source: String) -> TemplateError? {
        #expect(throws: TemplateError.self, "\(source.prefix(80))") {
            try TemplateGoldens.render(source)
        }
    }

    @Test(arguments: [
        // Loops.
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        "{% for a in range(99999) %}{% for b in 'x' * 99999 %}{% endfor %}{% endfor %}",
        "{{ range(99999) | map('string') | list | length }}{% for a in range(99999) %}{{ range(99999) | list }}{% endfor %}",
        "{{ range(10000000) }}", "{{ range(-9223372036854775807, 9223372036854775807) }}",
        // Texts that grow.
        "{% set ns = namespace(x='aaaaaaaa') %}{% for i in range(99) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
        "{% set ns = namespace(x='aaaaaaaa') %}{% for i in range(99) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
        "{% set ns = namespace(x='aa') %}{% for i in range(99) %}{% set ns.x = ns.x.replace('a', ns.x) %}{% endfor %}",
        "{% set ns = namespace(x='aa') %}{% for i in range(99) %}{% set ns.x = ns.x | join(ns.x) %}{% endfor %}",
        "{% set ns = namespace(x='a') %}{% for i in range(99) %}{% set ns.x = [ns.x, ns.x] | tojson %}{% endfor %}",
        "{{ 'a' * 9223372036854775807 }}", "{{ 'ab' * 999999999 }}", "{{ [1] * 999999999 }}",
        "{{ 'a'.center(999999999) }}", "{{ '%999999999d' % 1 }}", "{{ 'x' | indent(99999) }}",
        "{{ ('a\\t' * 9999).expandtabs(256) * 9999 }}", "{{ 'a' | center(9223372036854775807) }}",
        // Values that grow or nest.
        "{% set ns = namespace(x=[1]) %}{% for i in range(99) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
        "{% set ns = namespace(x=[1]) %}{% for i in range(99) %}{% set ns.x = [ns.x] %}{% endfor %}",
        "{% set ns = namespace(x={}) %}{% for i in range(99) %}{% set ns.x = {'a': ns.x} %}{% endfor %}",
        "{% set ns = namespace(x=[1]) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x }}",
        "{% set ns = namespace(x=[1], y=[1]) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% set ns.y = [ns.y, ns.y] %}{% endfor %}{{ ns.x == ns.y }}",
        "{% set ns = namespace(x=(1,)) %}{% for i in range(60) %}{% set ns.x = (ns.x, ns.x) %}{% endfor %}{{ {ns.x: 1} }}",
        // Calls within calls.
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% macro m(n) %}{% for i in [1] %}{% if n %}{{ m(n + 1) }}{% endif %}{% endfor %}{% endmacro %}{{ m(1) }}",
        "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}",
        "{% macro a() %}{% call b() %}{% endcall %}{% endmacro %}{% macro b() %}{{ a() }}{{ caller() }}{% endmacro %}{{ a() }}",
        // Integers.
        "{{ 9223372036854775807 + 1 }}", "{{ 2 ** 64 }}", "{{ -9223372036854775807 - 2 }}",
        "{{ (-9223372036854775807 - 1) // -1 }}", "{{ 99999999999999999999 }}", "{{ 1e300 | int }}",
        "{{ 3 ** 9223372036854775807 }}", "{{ 2.0 ** 1e9 }}",
        "{{ (-9223372036854775807 - 1) | abs }}",
    ]) func growthIsRefused(_ source: String) {
        let error = refusal(source)
        #expect(error?.code == .limitExceeded || error?.code == .unsupported, "\(error as Any)")
    }

    @Test(arguments: [
        ("{{ " + String(repeating: "(", count: 100_000) + String(repeating: ")", count: 100_000)
            + " }}"),
        ("{{ " + String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
            + " }}"),
        ("{{ " + String(repeating: "not ", count: 100_000) + "x }}"),
        ("{{ " + String(repeating: "-", count: 100_000) + "1 }}"),
        ("{{ 1" + String(repeating: " + 1", count: 100_000) + " }}"),
        ("{{ x" + String(repeating: ".y", count: 100_000) + " }}"),
        ("{{ x" + String(repeating: " | trim", count: 100_000) + " }}"),
        ("{{ 1" + String(repeating: " if 1 else 1", count: 100_000) + " }}"),
        String(repeating: "{% if 1 %}", count: 100_000),
        String(repeating: "{% for a in b %}", count: 60_000),
        ("{% for " + String(repeating: "(", count: 100_000) + String(repeating: ")", count: 100_000)
            + " %}"),
        String(repeating: "x", count: 2 << 20),
    ]) func deepSourcesAreRefused(_ source: String) {
        let error = refusal(source)
        #expect(error?.code == .limitExceeded, "\(error as Any)")
    }

    /// What is as deep as allowed runs, on the stack of a test's thread too.
    @Test func theDeepestTemplatesRun() throws {
        let nested = String(repeating: "(", count: 90) + "1" + String(repeating: ")", count: 90)
        #expect(try TemplateGoldens.render("{{ \(nested) }}") == "1")
        let blocks =
            String(repeating: "{% if 1 %}", count: 90) + "x"
            + String(repeating: "{% endif %}", count: 90)
        #expect(try TemplateGoldens.render(blocks) == "x")
        let sum = "1" + String(repeating: " + 1", count: 190)
        #expect(try TemplateGoldens.render("{{ \(sum) }}") == "191")
        let depth =
            "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{% endif %}.{% endmacro %}{{ m(60) | length }}"
        #expect(try TemplateGoldens.render(depth) == "61")
    }

    /// The work is bounded for whoever renders beside others: the costliest refusals take no seconds.
    @Test func searchesAreLinear() throws {
        let text = String(repeating: "a", count: 1 << 20)
        let variables: [(name: String, value: TemplateValue)] = [
            ("t", .text(text, .message)), ("p", .text(text.dropLast(9) + "b", .message)),
        ]
        let clock = ContinuousClock()
        let start = clock.now
        let source = "{{ p in t }}{{ t.find(p) }}{{ t.split(p) | length }}{{ t.count(p) }}"
        #expect(try TemplateGoldens.render(source, variables) == "False-110")
        #expect(clock.now - start < .seconds(5))
    }
}
