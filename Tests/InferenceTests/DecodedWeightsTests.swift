import Adapters
import Kernels
import Tensors
import TestSupport
import Testing

@testable import Models

/// Packed weights stand for the very numbers that gguf-py and bitsandbytes decode, for every block type.
@Suite struct DecodedWeightsTests {
    @Test(arguments: [
        ("gguf_blocks", "/model.gguf", ExecutionType.stored), ("llama_nf4", "", .nf4),
    ])
    func decodedWeightsAreBitIdentical(folder: String, file: String, type: ExecutionType) throws {
        let golden = GoldenFolder.path("models/\(folder)")
        let digests = try #require(
            FileBytes(path: golden + "/expected.json", loading: .copied).json()["decoded_sha256"]?
                .object)
        let checkpoint = try Checkpoint(path: golden + file)
        let transformer = try Transformer(
            checkpoint, precision: Precision(weights: type), pool: ThreadPool(threadCount: 1))
        let names = WeightMap.huggingFace(.before)
        var found: [String: Digest] = [
            names.name(.embedding): digest(transformer.embedding),
            names.name(.finalNorm): digest(elements(transformer.finalNorm)),
        ]
        if !checkpoint.configuration.isTied {
            found[names.name(.head)] = digest(transformer.head.parts[0].weights)
        }
        for (layer, block) in transformer.blocks.enumerated() {
            for slot in [WeightMap.Slot.attentionNorm, .feedForwardNorm] {
                let norm = try #require(try checkpoint.norm(slot, layer: layer))
                found[names.name(slot, layer: layer)] = digest(elements(norm))
            }
            for site in LinearName.Site.allCases {
                for (name, part) in zip(site.parts, block.projection(site).parts) {
                    found[names.name(.linear(name), layer: layer)] = digest(part.weights)
                }
            }
        }
        #expect(found.count == digests.count)
        for (name, expected) in digests {
            #expect(found[name]?.description == expected.string, "\(name)")
        }
    }

    /// SHA-256 of the decoded rows as little-endian floats.
    private func digest(_ weights: PackedWeights) -> Digest {
        var values: [Float] = []
        var row = [Float](repeating: 0, count: weights.inputs)
        for output in 0..<weights.outputs {
            weights.unpack(output: output, into: &row)
            values += row
        }
        return digest(values)
    }

    private func elements(_ buffer: AlignedBuffer<Float>) -> [Float] {
        (0..<buffer.count).map { buffer[$0] }
    }

    private func digest(_ values: [Float]) -> Digest {
        Digest(
            of: values.flatMap { value in
                (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) }
            })
    }
}
