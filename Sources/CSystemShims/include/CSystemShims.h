#pragma once

// Not parts of Swift's Glibc module.
#include <malloc.h>
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
    int year, month, day, hour, minute, second, microsecond;
};

/// The current time in the zone that TZ names, else the machine's; localtime_r takes pointers, this gives a value.
struct fusebox_time fusebox_local_time(void);

/// What fits a terminal; zeros where the descriptor is none. ioctl is variadic.
struct fusebox_size {
    int columns, rows;
};

struct fusebox_size fusebox_terminal_size(int descriptor);

/// Has a terminal hand over keys at once and show none of them, but for those that send signals other than to stop; termios is
/// filled through a pointer. What it was before is kept for fusebox_terminal_restore.
void fusebox_terminal_take_keys(int descriptor);
void fusebox_terminal_restore(int descriptor);

/// The next byte that was typed; -1: there is no more.
int fusebox_terminal_key(int descriptor);

/// Starts this program again with the same arguments and one more environment variable; execv takes the arguments as an array of
/// pointers. Returns only when that is not possible, with errno set.
void fusebox_restart(const char *variable, const char *value);
