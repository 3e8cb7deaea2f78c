import Frontend
import Glibc
import Kernels

/// Processors, instruction set and open files.
struct MachineCheck {
    let settings: ServeSettings

    /// Descriptors that a service with many clients takes.
    private static let descriptorCount = 1024

    var findings: [Finding] { [processors, kernels, descriptors] }

    private var processors: Finding {
        let available = Processors.available
        let crew = settings.crew(processors: available.numbers, limit: available.count)
        let wanted = crew.workerCount * crew.threadCount
        let text =
            "\(available.count) may be used, \(crew.workerCount) workers of \(crew.threadCount) threads"
        guard crew.isCrowded else { return .ok("processors", text) }
        let workers = max(1, min(crew.workerCount, available.count))
        return .warning(
            "processors", "\(text) want \(wanted); they would wait for each other",
            repair: ServeLine.with(
                "--workers \(workers) --threads-per-worker \(available.count / workers)"))
    }

    private var kernels: Finding {
        do {
            let name = try KernelSet.select().name
            guard name == "scalar" else { return .ok("kernels", name) }
            return .warning(
                "kernels", "scalar: many times slower than a processor with AVX2",
                repair: "env -u FUSEBOX_KERNELS fusebox doctor")
        } catch {
            return .fault("kernels", "\(error)", repair: "env -u FUSEBOX_KERNELS fusebox doctor")
        }
    }

    private var descriptors: Finding {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return .warning("open files", "their limit cannot be read", repair: nil)
        }
        let text = "\(limit.rlim_cur) at once"
        guard limit.rlim_cur < rlim_t(Self.descriptorCount) else { return .ok("open files", text) }
        return .warning(
            "open files", "\(text): clients beyond that are refused",
            repair: "ulimit -n \(min(UInt64(Self.descriptorCount), UInt64(limit.rlim_max)))")
    }
}
