import Frontend
import Kernels
import Messaging

/// Processors, instruction set and open files.
struct MachineCheck {
    let settings: ServeSettings

    /// Descriptors that a service with many clients takes.
    private static let descriptorCount = 1024

    var findings: [Finding] { [processors, kernels, descriptors] }

    private var processors: Finding {
        let available = Processors.available
        let crew = settings.crew(processors: available.numbers, limit: available.count)
        guard crew.isCrowded else { return .ok("processors", "\(crew)") }
        let workers = max(1, min(crew.workerCount, available.count))
        return .warning(
            "processors", "\(crew): they would wait for each other",
            repair: ServeLine.with(
                "--workers \(workers) --threads-per-worker \(available.count / workers)"))
    }

    private var kernels: Finding {
        do {
            let name = try KernelSet.select().name
            guard name == "scalar" else { return .ok("kernels", name) }
            return .warning(
                "kernels", "scalar: many times slower than a processor with AVX2",
                repair: "unset FUSEBOX_KERNELS")
        } catch {
            return .fault("kernels", "\(error)", repair: "unset FUSEBOX_KERNELS")
        }
    }

    private var descriptors: Finding {
        let limit = DescriptorLimit.raise()
        guard limit < Self.descriptorCount else { return .ok("open files", "\(limit) at once") }
        return .warning(
            "open files", "\(limit) at once: clients beyond that are refused",
            repair: "sudo prlimit --pid $$ --nofile=\(Self.descriptorCount)")
    }
}
