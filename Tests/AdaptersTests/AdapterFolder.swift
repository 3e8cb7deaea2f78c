import Adapters
import Tensors
import TestSupport

/// A PEFT directory that a test fills, and the tiny base that it is for: 2 layers, 8 hidden, 4 keys, 12 feed forward.
final class AdapterFolder {
    let folder: TemporaryFolder
    /// Members of `adapter_config.json` as JSON texts.
    var configuration = [
        "peft_type": #""LORA""#, "r": "2", "lora_alpha": "4",
        "base_model_name_or_path": #""someone/Tiny""#, "bias": #""none""#,
    ]
    var tensors: [Tensor] = []

    static let baseDigest = Digest(of: Array("base".utf8))
    static let base = BaseShape(
        name: "tiny", digest: baseDigest, layerCount: 2,
        linears: [
            .query: (8, 8), .key: (4, 8), .value: (4, 8), .output: (8, 8), .gate: (12, 8),
            .up: (12, 8), .down: (8, 12),
        ])
    static let query = "model.layers.0.self_attn.q_proj"
    static let down = "model.layers.1.mlp.down_proj"

    /// A folder with rank-2 factors for a query and a down projection.
    init() throws {
        folder = try TemporaryFolder()
        try add(Self.query, rank: 2, outputs: 8, inputs: 8)
        try add(Self.down, rank: 2, outputs: 8, inputs: 12)
    }

    func add(_ module: String, rank: Int, outputs: Int, inputs: Int) throws {
        try add("base_model.model.\(module).lora_A.weight", [rank, inputs])
        try add("base_model.model.\(module).lora_B.weight", [outputs, rank])
    }

    func add(_ name: String, _ shape: [Int], value: (Int) -> Float = { Float($0) / 8 }) throws {
        let count = shape.reduce(1, *)
        tensors.append(try Tensor(name: name, shape: shape, floats: (0..<count).map(value)))
    }

    func remove(_ suffix: String) {
        tensors.removeAll { $0.name.hasSuffix(suffix) }
    }

    func write() throws {
        let members = configuration.sorted { $0.key < $1.key }.map { "\"\($0.key)\": \($0.value)" }
        try folder.write(
            Array("{\(members.joined(separator: ", "))}".utf8), to: "adapter_config.json")
        var writer = SafetensorsWriter()
        for tensor in tensors { try writer.add(tensor) }
        try writer.write(to: folder.path("adapter_model.safetensors"))
    }

    func load() throws -> Adapter {
        try write()
        return try Adapter(path: folder.path, base: Self.base)
    }

    func shelved() throws -> ShelvedAdapter {
        try write()
        return try ShelvedAdapter(reading: AdapterSource(path: folder.path, base: Self.base))
    }

    /// Why the folder, once written, is refused; nil when it is not.
    func refusal() throws -> AdapterError? {
        try write()
        return refusalAsItIs()
    }

    func refusalAsItIs() -> AdapterError? {
        do throws(AdapterError) {
            _ = try Adapter(path: folder.path, base: Self.base)
            return nil
        } catch {
            return error
        }
    }
}
