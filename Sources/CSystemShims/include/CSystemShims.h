#pragma once

// Not part of Swift's Glibc module.
#include <sys/epoll.h>

/// Asks the kernel to send SIGKILL to this process when its parent ends, since that also ends a process that is stopped;
/// prctl is variadic, which Swift cannot import.
/// Returns 0, or -1 with errno set.
int fusebox_terminate_with_parent(void);

/// Takes a connection that neither blocks nor is handed on to programs that this one starts; accept4 is a GNU extension,
/// which Swift does not import. Returns the descriptor, or -1 with errno set.
int fusebox_accept(int listener);

/// A moment as the calendar and the clock of this machine's time zone show it; months and days count from 1.
struct fusebox_time {
    int year, month, day, hour, minute, second;
};

/// The current time; localtime_r takes pointers, this gives a value.
struct fusebox_time fusebox_local_time(void);

/// Starts this program again with the same arguments and one more environment variable; execv takes the arguments as an array of
/// pointers. Returns only when that is not possible, with errno set.
void fusebox_restart(const char *variable, const char *value);
