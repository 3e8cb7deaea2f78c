/// Where the threads of a pool run, and whether a thread that waits spins before it sleeps.
public enum ThreadPlacement: Equatable, Sendable {
    /// Each thread has one of these processors to itself: it is bound to it, and spins.
    case own([Int])
    /// Where the system puts them; they spin, unless they outnumber the processors of this process.
    case anywhere
    /// Beside more threads than there are processors: who waits leaves the processor at once.
    case crowded
}
