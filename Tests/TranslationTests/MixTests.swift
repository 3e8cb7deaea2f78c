import Adapters
import FoundationEssentials
import Routing
import Tensors
import Testing
import Translation
import Wire

/// Mixes and policies, there and back.
@Suite struct MixTests {
    private let sea = Digest(of: Array("sea".utf8))
    private let joy = Digest(of: Array("joy".utf8))

    @Test func mixesSurvive() throws {
        let mix = AdapterMix(
            shares: [
                AdapterMix.Share(adapter: sea, weight: 512),
                AdapterMix.Share(adapter: joy, weight: -1024),
            ], coefficients: sea)
        let wire = WireMix(mix) { $0 == sea ? "sea" : nil }
        #expect(Set(wire.shares.map(\.name)) == ["sea", ""])
        #expect(try AdapterMix(wire) == mix)
        #expect(WireMix(AdapterMix.base) { _ in nil } == WireMix())
        #expect(try AdapterMix(WireMix()) == .base)
    }

    @Test func digestsHaveTheirLength() {
        let short = WireMix { $0.shares = [WireShare { $0.adapter = Data(count: 31) }] }
        #expect(throws: WireError.self) { try AdapterMix(short) }
        #expect(throws: WireError.self) {
            try AdapterMix(WireMix { $0.coefficients = Data(count: 1) })
        }
    }

    @Test func whatAPolicyLeavesOutIsAsUsual() throws {
        #expect(try AdapterPolicy(.unspecified, gain: 0) == .standard)
        #expect(try AdapterPolicy(.sum, gain: 2).weighting == .sum)
        #expect(throws: RoutingError.self) { try AdapterPolicy(.sum, gain: -1) }
    }
}
