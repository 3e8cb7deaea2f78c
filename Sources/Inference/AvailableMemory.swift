internal import FoundationEssentials

/// What this process could still take of the machine's memory.
public enum AvailableMemory {
    /// Bytes that the system and every control group above this process have left; 0 where the system does not say.
    ///
    /// Cached files count as left: the system gives them up first.
    ///
    /// - Parameter root: the folder in which `proc` and `sys` are; another than the system's for tests.
    public static func byteCount(root: String = "") -> Int {
        let information = fields("\(root)/proc/meminfo")
        let (available, overflow) = (information["MemAvailable:"] ?? 0)
            .multipliedReportingOverflow(by: 1024)
        guard !overflow else { return 0 }
        return groups(root).reduce(available) { min($0, $1.left ?? $0) }
    }

    /// A control group's folder, in either version of them.
    private struct Group {
        let folder: String
        let isUnified: Bool

        /// Bytes below its limit; nil without one.
        var left: Int? {
            let names =
                isUnified
                ? ("memory.max", "memory.current", "")
                : ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_")
            // A group without a limit has the word "max" here, or a number close to the largest.
            guard let limit = number(names.0), limit < 1 << 62, let used = number(names.1) else {
                return nil
            }
            let statistics = fields("\(folder)/memory.stat")
            let cached = ["active_file", "inactive_file"].reduce(0) { sum, name in
                sum &+ max(statistics[names.2 + name] ?? 0, 0)
            }
            return max(0, limit - max(0, used - max(0, cached)))
        }

        private func number(_ name: String) -> Int? {
            text("\(folder)/\(name)").flatMap { Int($0.prefix { !$0.isWhitespace }) }
        }
    }

    /// The groups of this process and those above it; in a container only some of them can be seen.
    private static func groups(_ root: String) -> [Group] {
        (text("\(root)/proc/self/cgroup") ?? "").split(separator: "\n").flatMap { line -> [Group] in
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { return [] }
            let isUnified = parts[1].isEmpty
            guard isUnified || parts[1].split(separator: ",").contains("memory") else { return [] }
            let mount = "\(root)/sys/fs/cgroup" + (isUnified ? "" : "/memory")
            let names = parts[2].split(separator: "/").prefix(64)
            return (0...names.count).map { depth in
                let path = names.prefix(depth).map { "/\($0)" }.joined()
                return Group(folder: mount + path, isUnified: isUnified)
            }
        }
    }

    /// The numbers of a file whose lines are a name, a number and perhaps a unit.
    private static func fields(_ path: String) -> [String: Int] {
        var fields: [String: Int] = [:]
        for line in (text(path) ?? "").split(separator: "\n") {
            let words = line.split(separator: " ", omittingEmptySubsequences: true)
            guard words.count >= 2, let number = Int(words[1]) else { continue }
            fields[String(words[0])] = number
        }
        return fields
    }

    private static func text(_ path: String) -> String? {
        try? String(contentsOfFile: path, encoding: .utf8)
    }
}
