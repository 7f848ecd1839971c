// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace zeroth::daemon::console {

/// Linux keeps 12 KB of buffers for each end of a pty, from when its master is opened: its line
/// disciplines. These give them back while nobody can want them, and fetch them again; where the
/// kernel knows no better, they do nothing.

/// Of a slave that nobody but the caller has open or can: `slave` is of no use afterwards. Its next
/// opening brings the buffers back, and finds the settings that terminals begin with.
void free_slave(int slave);

/// Of a master that nobody is to be read from or written to. What comes meanwhile is kept.
void free_master(int master);
void wake_master(int master);

}  // namespace zeroth::daemon::console
