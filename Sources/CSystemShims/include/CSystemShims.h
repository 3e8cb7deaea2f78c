#pragma once

/// Asks the kernel to send SIGTERM to this process when its parent ends; prctl is variadic, which Swift cannot import.
/// Returns 0, or -1 with errno set.
int fusebox_terminate_with_parent(void);
