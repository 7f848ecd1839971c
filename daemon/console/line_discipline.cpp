// SPDX-License-Identifier: Apache-2.0
#include "daemon/console/line_discipline.hpp"

#include <linux/tty.h>
#include <sys/ioctl.h>

namespace zeroth::daemon::console {
namespace {

void set(int fd, int discipline) { (void)::ioctl(fd, TIOCSETD, &discipline); }

}  // namespace

void free_slave(int slave) { (void)::ioctl(slave, TIOCVHANGUP); }

void free_master(int master) { set(master, N_NULL); }

void wake_master(int master) { set(master, N_TTY); }

}  // namespace zeroth::daemon::console
