// SPDX-License-Identifier: Apache-2.0
#include "xenstore/daemon/kernel_ring.hpp"

#include <fcntl.h>
#include <sys/mman.h>

#include <array>
#include <charconv>
#include <system_error>

#include "core/unique_fd.hpp"

namespace zeroth::xenstored {
namespace {

class Unmapper final : public hyper::MappingOwner {
    void unmap(std::span<std::byte> bytes, void*) override { ::munmap(bytes.data(), bytes.size()); }
};

}  // namespace

Result<Port> kernel_port(const KernelFiles& files) {
    const UniqueFd file{::open(files.port.c_str(), O_RDONLY | O_CLOEXEC)};
    if (!file) return errno_error(files.port);
    std::array<char, 32> text{};
    const auto size = ::read(file.get(), text.data(), text.size());
    if (size < 0) return errno_error(files.port);
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + size, number);
    if (error != std::errc{} || number == 0) return fail(files.port + " holds no port");
    return Port{number};
}

Result<hyper::Mapping> map_kernel_page(const KernelFiles& files) {
    static Unmapper unmapper;
    const UniqueFd file{::open(files.page.c_str(), O_RDWR | O_CLOEXEC)};
    if (!file) return errno_error(files.page);
    void* const page =
        ::mmap(nullptr, kPageSize, PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0);
    if (page == MAP_FAILED) return errno_error("map " + files.page);
    return hyper::Mapping{unmapper, {static_cast<std::byte*>(page), kPageSize}, nullptr};
}

}  // namespace zeroth::xenstored
