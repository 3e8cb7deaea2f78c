import Glibc

/// How many files, sockets and pipes this process may have open.
public enum DescriptorLimit {
    /// Raises the limit as far as this process may; returns what it is then.
    public static func raise() -> Int {
        var limit = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard unsafe getrlimit(resource, &limit) == 0 else { return 1024 }
        let soft = limit.rlim_cur
        limit.rlim_cur = limit.rlim_max
        let result = unsafe setrlimit(resource, &limit)
        return Int(clamping: result == 0 ? limit.rlim_max : soft)
    }
}
