import FuseboxWire
import HTTPTypes
import Testing

@testable import FuseboxHTTP

@Suite("The OpenAPI document")
struct OpenAPITests {
    @Test("It is JSON and has a path for each endpoint and no other")
    func paths() throws {
        let document = try JSONValue(parsing: OpenAPI.document)
        let paths = try #require(document["paths"]?.object)
        var described: Set<String> = []
        for (path, operations) in paths {
            for method in operations.object?.keys ?? [] where method != "parameters" {
                described.insert("\(method.uppercased()) \(path)")
            }
        }
        #expect(described == Set(Endpoint.allCases.map { "\($0.method.rawValue) \($0.path)" }))
    }

    @Test("Every reference leads somewhere")
    func references() throws {
        let document = try JSONValue(parsing: OpenAPI.document)
        var references: [String] = []
        collect(document, &references)
        #expect(references.count > 20)
        for reference in Set(references) {
            let target = reference.split(separator: "/").dropFirst().reduce(Optional(document)) {
                $0?[String($1)]
            }
            #expect(target != nil, "\(reference)")
        }
    }

    private func collect(_ value: JSONValue, _ references: inout [String]) {
        if let reference = value["$ref"]?.string { references.append(reference) }
        for (_, member) in value.object ?? [:] { collect(member, &references) }
        for element in value.array ?? [] { collect(element, &references) }
    }
}
