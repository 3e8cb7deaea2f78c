extension DType {
    /// What is known of a type, one row each.
    struct Row {
        /// Bytes of a block, or of an element of a plain type.
        let byteCount: Int
        /// The number in GGUF files.
        let ggml: UInt32?
        /// The name in safetensors files.
        var safetensors: String?
        var isReal = true
        var blocks: BlockFormat?

        /// Whole numbers, which are no weights.
        static func integer(_ size: Int, _ name: String, ggml: UInt32? = nil) -> Row {
            Row(byteCount: size, ggml: ggml, safetensors: name, isReal: false)
        }

        static func real(_ size: Int, _ name: String, ggml: UInt32) -> Row {
            Row(byteCount: size, ggml: ggml, safetensors: name)
        }

        /// Blocks of `elements` weights in `bytes` bytes.
        static func blocks(
            _ ggml: UInt32, _ elements: Int, _ bytes: Int, _ shape: RunShape,
            _ decode: @escaping BlockFormat.Decode
        ) -> Row {
            unsafe Row(
                byteCount: bytes, ggml: ggml, blocks: BlockFormat(elements, bytes, shape, decode))
        }
    }

    var row: Row {
        switch self {
        case .f64: .real(8, "F64", ggml: 28)
        case .f32: .real(4, "F32", ggml: 0)
        case .f16: .real(2, "F16", ggml: 1)
        case .bf16: .real(2, "BF16", ggml: 30)
        case .i64: .integer(8, "I64", ggml: 27)
        case .i32: .integer(4, "I32", ggml: 26)
        case .i16: .integer(2, "I16", ggml: 25)
        case .i8: .integer(1, "I8", ggml: 24)
        case .u64: .integer(8, "U64")
        case .u32: .integer(4, "U32")
        case .u16: .integer(2, "U16")
        case .u8: .integer(1, "U8")
        case .bool: .integer(1, "BOOL")
        case .q8_0: unsafe .blocks(8, 32, 34, .bytes, BlocksOf32.q8)
        case .q4_0: unsafe .blocks(2, 32, 18, .nibbles, BlocksOf32.q4)
        case .q4_1: unsafe .blocks(3, 32, 20, .nibblesHalfMinimum, BlocksOf32.q4WithMinimum)
        case .q5_0: unsafe .blocks(6, 32, 22, .bytes, BlocksOf32.q5)
        case .q5_1: unsafe .blocks(7, 32, 24, .bytesMinimum, BlocksOf32.q5WithMinimum)
        case .q2_K: unsafe .blocks(10, 256, 84, .nibblesTwoMinimums, BlocksOf256.q2)
        case .q3_K: unsafe .blocks(11, 256, 110, Self.q3Shape, BlocksOf256.q3)
        case .q4_K: unsafe .blocks(12, 256, 144, .nibblesMinimum, BlocksOf256.q4)
        case .q5_K: unsafe .blocks(13, 256, 176, .bytesMinimum, BlocksOf256.q5)
        case .q6_K: unsafe .blocks(14, 256, 210, .bytesTwoScales, BlocksOf256.q6)
        case .iq1_s: unsafe .blocks(19, 256, 50, .table(BlockGrid.iq1Table), GridBlocks.iq1s)
        case .iq1_m:
            unsafe .blocks(29, 256, 56, .tableTwoScales(BlockGrid.iq1Table), GridBlocks.iq1m)
        case .iq2_xxs: unsafe .blocks(16, 256, 66, .table(BlockGrid.iq2Table), GridBlocks.iq2xxs)
        case .iq2_xs:
            unsafe .blocks(17, 256, 74, .tableTwoScales(BlockGrid.iq2Table), GridBlocks.iq2xs)
        case .iq2_s:
            unsafe .blocks(22, 256, 82, .tableTwoScales(BlockGrid.iq2Table), GridBlocks.iq2s)
        case .iq3_xxs:
            unsafe .blocks(18, 256, 98, .table(BlockGrid.iq3xxsTable), GridBlocks.iq3xxs)
        case .iq3_s: unsafe .blocks(21, 256, 110, .table(BlockGrid.iq3sTable), GridBlocks.iq3s)
        case .iq4_nl: unsafe .blocks(20, 32, 18, .table(NonlinearBlocks.table), NonlinearBlocks.nl)
        case .iq4_xs:
            unsafe .blocks(23, 256, 136, .table(NonlinearBlocks.table), NonlinearBlocks.xs)
        case .tq1_0: unsafe .blocks(34, 256, 54, .nibbles, TernaryBlocks.tq1)
        case .tq2_0: unsafe .blocks(35, 256, 66, .nibbles, TernaryBlocks.tq2)
        case .mxfp4:
            unsafe .blocks(39, 32, 17, .table(SmallFloatBlocks.table), SmallFloatBlocks.mx)
        case .nvfp4:
            unsafe .blocks(40, 64, 36, .tableTwoScales(SmallFloatBlocks.table), SmallFloatBlocks.nv)
        }
    }

    private static let q3Shape = RunShape.tableTwoScales([-4, -3, -2, -1, 0, 1, 2, 3])
}
