/// Benchmarks that cannot be run as asked.
extension BadInput {
    static let benchmarks: [BadInput] = [
        benchmark("no sequence at once", ["-b", "0"], status: 2),
        benchmark("batches that are no numbers", ["-b", "1,many"], status: 2),
        benchmark("no run", ["--runs", "0"], status: 2),
        benchmark("mixes without different ones", ["--different", "0"], status: 2),
        benchmark("mixes of more adapters than were given", ["--mixes", "1"], status: 1),
    ]

    private static func benchmark(
        _ what: String, _ arguments: [String], status: Int32
    ) -> BadInput {
        BadInput(
            what: what, arguments: ["bench", "--model", "demo"] + arguments, status: status
        ) { try $0.makeDemo() }
    }
}
