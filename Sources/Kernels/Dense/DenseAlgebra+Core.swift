internal import COpenBLAS
internal import CSystemShims
internal import Glibc

extension DenseAlgebra {
    /// What names OpenBLAS's kernels in the environment.
    private static let variable = "OPENBLAS_CORETYPE"

    /// Starts the program again with fast products, where OpenBLAS has chosen slow ones; else does nothing.
    ///
    /// OpenBLAS knows processors by their numbers and takes its oldest kernels for those that came after it, which are five times
    /// slower; which ones are taken can only be said before a program starts. To be called before anything is read or written.
    public static func restartForProcessor() {
        guard unsafe getenv(variable) == nil, let core = betterCore else { return }
        unsafe fusebox_restart(variable, core)
    }

    /// Kernels that the processor runs and that are faster than those chosen; nil: none.
    private static var betterCore: String? {
        let chosen = unsafe openblas_get_corename().map { unsafe String(cString: $0) } ?? ""
        return betterCore(than: chosen, kernels: KernelSet.available.first?.name ?? "")
    }

    static func betterCore(than chosen: String, kernels: String) -> String? {
        let wide = ["SkylakeX", "Cooperlake", "SapphireRapids"]
        let middle = ["Haswell", "Zen", "Excavator"]
        if kernels.hasPrefix("avx512") { return wide.contains(chosen) ? nil : wide[0] }
        if kernels == "avx2" { return (wide + middle).contains(chosen) ? nil : middle[0] }
        return nil
    }
}
