#pragma once

/// Asks the kernel to send SIGKILL to this process when its parent ends, since that also ends a process that is stopped;
/// prctl is variadic, which Swift cannot import.
/// Returns 0, or -1 with errno set.
int fusebox_terminate_with_parent(void);
