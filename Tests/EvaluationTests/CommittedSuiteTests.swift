import Adapters
import Foundation
import TestSupport
import Testing

@testable import Evaluation

@Suite struct CommittedSuiteTests {
    @Test(arguments: [
        "suites/sentiment_topic.json", "suites/two_skills.json", "suites/routed_skills.json",
        "real/suite.json",
    ])
    func suitesOfTheDemosAreWhole(name: String) throws {
        let suite = try Suite(path: GoldenFolder.path("../../Demo/\(name)"))
        #expect(suite.tasks.count > 1 && suite.configurations.count > 4)
        for path in suite.adapters.map(\.path) + [suite.router].compactMap({ $0 }) {
            #expect(FileManager.default.fileExists(atPath: path), "\(path)")
        }
        for task in suite.tasks {
            #expect(task.rows.count >= 60)
            #expect(task.rows.allSatisfy { !$0.adapters.isEmpty })
        }
    }
}
