import Foundation
import TestSupport
import Testing

@testable import Inference

/// What an engine may take of the machine's memory.
@Suite struct MemoryTests {
    /// A machine's `/proc` and `/sys`, as far as memory goes.
    private struct Machine {
        let folder: TemporaryFolder

        init(_ files: [String: String]) throws {
            folder = try TemporaryFolder()
            for (name, text) in files {
                let url = URL(fileURLWithPath: folder.path(name))
                try FileManager.default.createDirectory(
                    at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(text.utf8).write(to: url)
            }
        }

        var left: Int { AvailableMemory.byteCount(root: folder.path) }
    }

    private static let information = """
        MemTotal:       24000000 kB
        MemFree:         1000000 kB
        MemAvailable:   20000000 kB

        """

    @Test func aMachineWithoutGroupsHasWhatItSays() throws {
        #expect(try Machine(["proc/meminfo": Self.information]).left == 20_000_000 << 10)
        #expect(try Machine([:]).left == 0)
        #expect(try Machine(["proc/meminfo": "MemAvailable: \(Int.max) kB"]).left == 0)
        #expect(AvailableMemory.byteCount() > 0, "this machine")
    }

    @Test func theTightestGroupDecides() throws {
        let second = try Machine([
            "proc/meminfo": Self.information, "proc/self/cgroup": "0::/a/b\n",
            "sys/fs/cgroup/a/memory.max": "8000000\n",
            "sys/fs/cgroup/a/memory.current": "5000000\n",
            "sys/fs/cgroup/a/memory.stat": "anon 1\nactive_file 300000\ninactive_file 700000\n",
            "sys/fs/cgroup/a/b/memory.max": "max\n", "sys/fs/cgroup/a/b/memory.current": "4000\n",
        ])
        #expect(second.left == 4_000_000)
        let first = try Machine([
            "proc/meminfo": Self.information,
            "proc/self/cgroup": "12:pids:/x\n4:memory:/x/y\n0::/\n",
            "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
            "sys/fs/cgroup/memory/memory.usage_in_bytes": "6000000\n",
            "sys/fs/cgroup/memory/x/y/memory.limit_in_bytes": "9000000\n",
            "sys/fs/cgroup/memory/x/y/memory.usage_in_bytes": "6000000\n",
            "sys/fs/cgroup/memory/x/y/memory.stat": "inactive_file 1\ntotal_inactive_file 500000\n",
        ])
        #expect(first.left == 3_500_000)
        // A container sees its own group as the topmost one.
        let container = try Machine([
            "proc/meminfo": Self.information, "proc/self/cgroup": "4:memory:/docker/1234\n",
            "sys/fs/cgroup/memory/memory.limit_in_bytes": "7000000\n",
            "sys/fs/cgroup/memory/memory.usage_in_bytes": "8000000\n",
        ])
        #expect(container.left == 0)
    }

    @Test func enginesShareWhatTheWeightsLeave() {
        let gigabyte = 1 << 30
        let two = MemoryShare(byteCount: 22 * gigabyte, engineCount: 2)
        let mapped = two.cacheByteCount(weightByteCount: 5 * gigabyte, isShared: true)
        #expect(mapped == 17 * gigabyte / 4 * 3 / 2)
        // Llama 3 of 8 B: 32 layers, 8 heads of 128 for keys and for values, halves.
        #expect(mapped / (32 * 8 * 128 * 2 * 2) > 50_000)
        #expect(
            two.cacheByteCount(weightByteCount: 5 * gigabyte, isShared: false)
                == 12 * gigabyte / 4 * 3 / 2)
        for share in [two, MemoryShare(byteCount: 0), MemoryShare(byteCount: 0, engineCount: 0)] {
            #expect(share.cacheByteCount(weightByteCount: .max, isShared: false) == 256 << 20)
        }
    }
}
