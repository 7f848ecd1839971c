// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>

#include "daemon/api/types.hpp"
#include "xl/dispatch.hpp"

namespace {

constexpr const char* kConfFile = "/etc/xen/xl.conf";
/// Another file in its place; empty for none.
constexpr const char* kConfVariable = "ZEROTH_XL_CONF";

/// A standard descriptor that the caller had closed would go to the first file or socket we open,
/// and our output into it.
void occupy_standard_descriptors() {
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd)
        if (::fcntl(fd, F_GETFD) < 0) ::open("/dev/null", O_RDWR);
}

}  // namespace

int main(int argc, char** argv) {
    using zeroth::xl::Output;
    occupy_standard_descriptors();
    zeroth::xl::Context context{Output{STDOUT_FILENO, Output::Mode::kWhole},
                                Output{STDERR_FILENO, Output::Mode::kAtOnce}};
    const char* socket = std::getenv(zeroth::api::kSocketVariable);
    context.socket = socket != nullptr ? socket : zeroth::api::kDefaultSocket;
    const char* conf = std::getenv(kConfVariable);
    context.conf_file = conf != nullptr ? conf : kConfFile;
    const std::vector<const char*> words{argv + (argc > 0 ? 1 : 0), argv + argc};
    const int status = zeroth::xl::dispatch(context, words);
    if (const auto written = context.out.flush(); !written) {
        zeroth::xl::print_error(context, written.error());
        return zeroth::xl::kFailure;
    }
    return status;
}
