import FuseboxWire
import Testing

@testable import FuseboxHTTP

@Suite struct SelectionTests {
    private func selection(_ fields: String) throws -> WireSelection {
        let request = try GenerationRequest(
            "{\"messages\": [{\"role\": \"user\", \"content\": \"Hi.\"}]"
                + (fields.isEmpty ? "" : ", ")
                + fields + "}")
        return try #require(request.submissions.first?.selection)
    }

    private func param(_ fields: String) -> String? {
        do {
            _ = try selection(fields)
            return nil
        } catch {
            return (error as? APIError)?.param ?? "none"
        }
    }

    @Test(
        "A model is what it says",
        arguments: ["org/small:q8", "base", "org/small:q8:base"])
    func base(model: String) throws {
        #expect(try selection("\"model\": \"\(model)\"") == WireSelection { $0.base = .init() })
    }

    @Test func models() throws {
        #expect(try selection("") == WireSelection { $0.auto = .init() })
        #expect(try selection("\"model\": \"auto\"") == WireSelection { $0.auto = .init() })
        let allowed = WireSelection { $0.auto.allowed = ["hotels", "books"] }
        #expect(try selection("\"model\": \"auto:hotels,books\"") == allowed)
        #expect(try selection("\"model\": \"helpdesk\"") == allowed)
        #expect(try selection("\"model\": \"hotels\"") == .mix([("hotels", 1)]))
        #expect(try selection("\"model\": \"org/small:q8:hotels\"") == .mix([("hotels", 1)]))
        let mix = WireSelection.mix([("hotels", 0.5), ("positive", -1)])
        #expect(try selection("\"model\": \"hotels=0.5,positive=-1\"") == mix)
    }

    @Test("The words of other servers say the same")
    func dialects() throws {
        let mix = WireSelection.mix([("hotels", 0.5), ("books", 1)])
        for fields in [
            "\"fusebox\": {\"select\": \"hotels=0.5,books\"}",
            "\"fusebox\": {\"select\": {\"hotels\": 0.5, \"books\": 1, \"positive\": 0}}",
            "\"lora\": [{\"id\": 0, \"scale\": 0.5}, {\"id\": \"books\"}]",
            "\"merged_adapters\": {\"ids\": [\"hotels\", \"books\"], \"weights\": [0.5, 1]}",
        ] {
            #expect(try selection(fields) == mix, "\(fields)")
            // A base as model gives way.
            #expect(try selection("\"model\": \"org/small:q8\", " + fields) == mix, "\(fields)")
            #expect(try selection("\"model\": \"books,hotels=0.5\", " + fields).isFixed)
            #expect(param("\"model\": \"books\", " + fields) == "model")
            #expect(param("\"model\": \"auto\", " + fields) == "model")
        }
        #expect(
            try selection("\"lora\": [{\"id\": 0, \"scale\": 0}]")
                == WireSelection { $0.base = .init() })
    }

    @Test("What is wrong is named")
    func refusals() {
        #expect(param("\"model\": \"nothing\"") == "model")
        #expect(param("\"model\": \"hotels=x\"") == "model")
        #expect(param("\"fusebox\": {\"select\": 3}") == "fusebox.select")
        #expect(param("\"fusebox\": {\"selekt\": \"auto\"}") == "fusebox.selekt")
        #expect(param("\"lora\": [{\"id\": 3}]") == "lora[0].id")
        #expect(param("\"lora\": [{\"id\": -1}]") == "lora[0].id")
        #expect(param("\"lora\": [{}]") == "lora[0].id")
        #expect(
            param("\"merged_adapters\": {\"ids\": [\"hotels\"], \"weights\": []}")
                == "merged_adapters.weights")
        #expect(
            param("\"merged_adapters\": {\"ids\": [\"hotels\"], \"merge_strategy\": \"ties\"}")
                == "merged_adapters.merge_strategy")
        #expect(param("\"model\": \"hotels\", \"fusebox\": {\"gain\": 2}") == "fusebox.gain")
        #expect(
            param("\"model\": \"hotels\", \"fusebox\": {\"weighting\": \"sum\"}")
                == "fusebox.weighting")
        #expect(param("\"fusebox\": {\"weighting\": \"most\"}") == "fusebox.weighting")
    }

    @Test func weighting() throws {
        let selection = try selection("\"fusebox\": {\"weighting\": \"sum\", \"gain\": 2}")
        #expect(selection.auto.weighting == .sum)
        #expect(selection.auto.gain == 2)
    }
}

extension WireSelection {
    fileprivate var isFixed: Bool {
        if case .fixed = kind { true } else { false }
    }
}
