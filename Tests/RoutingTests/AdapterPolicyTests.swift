import Adapters
import Testing

@testable import Routing

@Suite("How a distribution becomes weights")
struct AdapterPolicyTests {
    private func parts(
        _ distribution: [Double], _ weighting: AdapterPolicy.Weighting = .renormalized,
        nucleus: Double = 0.9,
        limit: Int = 4
    ) throws -> [Int: Int] {
        let policy = try AdapterPolicy(weighting: weighting, nucleus: nucleus, adapterLimit: limit)
        let choices = policy.choose(from: distribution)
        return Dictionary(uniqueKeysWithValues: choices.map { ($0.place, $0.parts) })
    }

    @Test("The nucleus is the smallest set that reaches p")
    func nucleus() throws {
        #expect(try parts([0.95, 0.03, 0.02]) == [0: 16])
        #expect(try parts([0.5, 0.4, 0.1]) == [0: 9, 1: 7])
        #expect(try parts([0.25, 0.375, 0.3125, 0.0625]) == [0: 4, 1: 7, 2: 5])
    }

    @Test("The base counts into the mass, and its share is not spent")
    func base() throws {
        #expect(try parts([0.5, 0.5]) == [0: 8, 1: 0])
        #expect(try parts([0.25, 0.05, 0.7]) == [2: 0, 0: 4])
        #expect(try parts([0.05, 0.95]) == [1: 0])
    }

    @Test("At most four adapters, the base not counted")
    func limit() throws {
        #expect(try parts([0.2, 0.2, 0.2, 0.2, 0.2, 0]) == [0: 4, 1: 4, 2: 4, 3: 4])
        #expect(try parts([0.18, 0.18, 0.18, 0.18, 0.08, 0.2]).keys.sorted() == [0, 1, 2, 3, 5])
        #expect(try parts([0.3, 0.3, 0.3, 0.1], limit: 1) == [0: 16])
    }

    @Test("Equal probabilities go by the classes' order")
    func ties() throws {
        #expect(try parts([0.25, 0.25, 0.25, 0.25], nucleus: 0.5).keys.sorted() == [0, 1])
    }

    @Test("Other weightings")
    func weightings() throws {
        let distribution = [0.5, 0.3, 0.15, 0.05]
        #expect(try parts(distribution, .sum) == [0: 16, 1: 16, 2: 16])
        #expect(try parts(distribution, .mean) == [0: 6, 1: 5, 2: 5])
        #expect(try parts(distribution, .top1) == [0: 16, 1: 0, 2: 0])
        // softmax(0.5, 0.3, 0.15) = 0.397, 0.325, 0.280: flatter than 0.526, 0.316, 0.158.
        #expect(try parts(distribution, .paper) == [0: 6, 1: 5, 2: 5])
        #expect(try parts(distribution) == [0: 8, 1: 5, 2: 3])
        #expect(try parts([0.3, 0.1, 0.6], .top1) == [2: 0, 0: 0])
        #expect(try parts([0.35, 0.05, 0.6], .mean) == [2: 0, 0: 16])
        #expect(try parts([0.35, 0.05, 0.6], .sum) == [2: 0, 0: 16])
    }

    @Test("Sixteenths by largest remainder always sum to sixteen")
    func apportioning() {
        #expect(AdapterPolicy.apportion(16, by: [1, 1, 1]) == [6, 5, 5])
        #expect(AdapterPolicy.apportion(16, by: [0.5, 0.3, 0.2]) == [8, 5, 3])
        #expect(AdapterPolicy.apportion(16, by: [1, 0, 0]) == [16, 0, 0])
        #expect(AdapterPolicy.apportion(16, by: []) == [])
        #expect(AdapterPolicy.apportion(16, by: [0, 0]) == [0, 0])
        #expect(AdapterPolicy.apportion(16, by: [0.97, 0.02, 0.01]) == [16, 0, 0])
    }

    @Test("The gain multiplies what the sixteenths give")
    func gain() throws {
        #expect(AdapterPolicy.standard.weight(ofParts: 16) == AdapterMix.unit)
        #expect(AdapterPolicy.standard.weight(ofParts: 5) == 320)
        #expect(try AdapterPolicy(gain: 1.5).weight(ofParts: 5) == 480)
        #expect(try AdapterPolicy(gain: 0).weight(ofParts: 16) == 0)
    }

    @Test("Numbers out of range are refused")
    func ranges() {
        #expect(throws: RoutingError.self) { try AdapterPolicy(nucleus: 0) }
        #expect(throws: RoutingError.self) { try AdapterPolicy(nucleus: 1.1) }
        #expect(throws: RoutingError.self) { try AdapterPolicy(nucleus: .nan) }
        #expect(throws: RoutingError.self) { try AdapterPolicy(adapterLimit: 0) }
        #expect(throws: RoutingError.self) { try AdapterPolicy(gain: .infinity) }
        #expect(throws: RoutingError.self) { try AdapterPolicy(gain: -1) }
        #expect(throws: RoutingError.self) { try AdapterPolicy(gain: 65) }
    }

    @Test("A nucleus of one keeps all that is possible")
    func wholeMass() throws {
        #expect(try parts([0.5, 0.25, 0.25, 0], nucleus: 1) == [0: 8, 1: 4, 2: 4])
    }
}
