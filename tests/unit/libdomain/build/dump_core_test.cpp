// SPDX-License-Identifier: Apache-2.0
#include "libdomain/build/dump_core.hpp"

#include <elf.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>

#include "libdomain/hypervisor/sim/machine.hpp"

namespace zeroth::build {
namespace {

constexpr GuestFrame kRam{0x40000}, kMagic{0x39000};

template <class T>
T value_at(const std::string& bytes, std::uint64_t at) {
    T value{};
    EXPECT_LE(at + sizeof value, bytes.size());
    std::memcpy(&value, bytes.data() + at, sizeof value);
    return value;
}

/// A core file taken apart.
struct Core {
    explicit Core(const std::string& path) {
        std::ifstream file{path, std::ios::binary};
        bytes.assign(std::istreambuf_iterator<char>{file}, {});
        header = value_at<Elf64_Ehdr>(bytes, 0);
        std::vector<Elf64_Shdr> table;
        for (unsigned i = 0; i < header.e_shnum; ++i) {
            table.push_back(value_at<Elf64_Shdr>(bytes, header.e_shoff + i * sizeof(Elf64_Shdr)));
        }
        const auto names = table.at(header.e_shstrndx).sh_offset;
        for (const auto& section : table) {
            sections[bytes.c_str() + names + section.sh_name] = section;
            EXPECT_LE(section.sh_offset + section.sh_size, bytes.size());
        }
    }
    /// The page's bytes, found as a debugger does: by its number among the frames.
    std::string page(GuestFrame frame) const {
        const auto& frames = sections.at(".xen_pfn");
        for (std::uint64_t i = 0; i < frames.sh_size / 8; ++i) {
            if (value_at<std::uint64_t>(bytes, frames.sh_offset + i * 8) != frame.raw()) continue;
            return bytes.substr(sections.at(".xen_pages").sh_offset + i * kPageSize, kPageSize);
        }
        return {};
    }

    std::string bytes;
    Elf64_Ehdr header{};
    std::map<std::string, Elf64_Shdr> sections;
};

class DumpCore : public ::testing::Test {
protected:
    void SetUp() override {
        std::string pattern = ::testing::TempDir() + "/coreXXXXXX";
        directory_ = ::mkdtemp(pattern.data());
        path_ = directory_ + "/core";
        hyper::sim::SimOptions options;
        options.release = "4.17";
        machine_ = *hyper::sim::Machine::create(options);
        xen_ = std::make_unique<hyper::Hypervisor>(*hyper::Hypervisor::open(*machine_));
        make_guest();
    }
    void TearDown() override { std::filesystem::remove_all(directory_); }

    /// 2 MiB of RAM with holes, a magic page, two vCPUs of which one was started.
    void make_guest() {
        hyper::DomainSpec spec;
        spec.handle = Uuid::random();
        spec.max_vcpus = 2;
        id_ = xen_->create_domain(spec)->id;
        ASSERT_TRUE(xen_->set_max_vcpus(id_, 2));
        ASSERT_TRUE(xen_->set_max_mem(id_, mib(16)));
        ASSERT_TRUE(xen_->set_paging_mempool(id_, to_bytes(mib(1))));
        ASSERT_TRUE(xen_->set_address_size(id_, 64));
        ASSERT_EQ(xen_->populate_physmap(id_, kMagic, 1, 0), 1U);
        ASSERT_EQ(xen_->populate_physmap(id_, kRam, 300, 0), 300U);
        ASSERT_EQ(xen_->populate_physmap(id_, kRam + 700, 3, 0), 3U);
        hyper::VcpuContext context;
        context.pc = 0x40001234;
        context.cpsr = 0x3c5;
        ASSERT_TRUE(xen_->set_vcpu_context(id_, VcpuId{0}, context));
        write(kMagic, "magic");
        write(kRam, "first");
        write(kRam + 299, "last before the hole");
        write(kRam + 702, "last of all");
    }
    void write(GuestFrame frame, std::string_view text) {
        ASSERT_TRUE(
            machine_->write_guest(id_, address_of(frame) + 100, std::as_bytes(std::span{text})));
    }
    static std::string text_of(const std::string& page) {
        return page.size() < 100 ? "(no page)" : page.c_str() + 100;
    }
    std::vector<std::string> files() const {
        std::vector<std::string> names;
        for (const auto& entry : std::filesystem::directory_iterator{directory_}) {
            names.push_back(entry.path().filename());
        }
        return names;
    }

    std::string directory_, path_;
    std::unique_ptr<hyper::sim::Machine> machine_;
    std::unique_ptr<hyper::Hypervisor> xen_;
    DomainId id_;
};

TEST_F(DumpCore, HoldsEveryPageAtItsPlaceAndLeavesHolesOut) {
    const auto done = dump_core(*xen_, id_, path_);
    ASSERT_TRUE(done) << done.error().text();
    const Core core{path_};
    EXPECT_EQ(core.header.e_ident[EI_CLASS], ELFCLASS64);
    EXPECT_EQ(core.header.e_type, ET_CORE);
    EXPECT_EQ(core.header.e_machine, EM_AARCH64);
    EXPECT_EQ(core.header.e_phnum, 0);
    EXPECT_EQ(core.sections.at(".xen_pfn").sh_size, 304U * 8);
    EXPECT_EQ(core.sections.at(".xen_pages").sh_size, 304U * kPageSize);
    EXPECT_EQ(core.sections.at(".xen_pages").sh_offset % kPageSize, 0U);
    EXPECT_EQ(text_of(core.page(kMagic)), "magic");
    EXPECT_EQ(text_of(core.page(kRam)), "first");
    EXPECT_EQ(text_of(core.page(kRam + 299)), "last before the hole");
    EXPECT_EQ(text_of(core.page(kRam + 702)), "last of all");
    EXPECT_EQ(core.page(kRam + 150), std::string(kPageSize, '\0'));
    EXPECT_EQ(core.page(kRam + 300), "");
    EXPECT_EQ(core.sections.count(".xen_shared_info"), 0U);
    EXPECT_EQ(machine_->live_mappings(), 0U);
    EXPECT_EQ(files(), std::vector<std::string>{"core"});
}

TEST_F(DumpCore, PagesOfZerosTakeNoRoomOnTheDisk) {
    ASSERT_TRUE(dump_core(*xen_, id_, path_));
    struct stat info {};
    ASSERT_EQ(::stat(path_.c_str(), &info), 0);
    EXPECT_GT(info.st_size, 304 * 4096);
    EXPECT_LT(info.st_blocks * 512, 64 * 4096);
    EXPECT_EQ(info.st_mode & 07777, 0600U);
}

TEST_F(DumpCore, HasNotesAndTheRegistersOfStartedVcpus) {
    ASSERT_TRUE(dump_core(*xen_, id_, path_));
    const Core core{path_};
    const auto& registers = core.sections.at(".xen_prstatus");
    ASSERT_EQ(registers.sh_size, 352U);
    EXPECT_EQ(value_at<std::uint64_t>(core.bytes, registers.sh_offset + 8 + 31 * 8), 0x40001234U);

    auto at = core.sections.at(".note.Xen").sh_offset;
    const auto end = at + core.sections.at(".note.Xen").sh_size;
    std::map<std::uint32_t, std::string> notes;
    while (at < end) {
        EXPECT_EQ(value_at<std::uint32_t>(core.bytes, at), 4U);
        EXPECT_EQ(core.bytes.substr(at + 12, 4), std::string("Xen\0", 4));
        const auto size = value_at<std::uint32_t>(core.bytes, at + 4);
        notes[value_at<std::uint32_t>(core.bytes, at + 8)] = core.bytes.substr(at + 16, size);
        at += 16 + size;
    }
    EXPECT_EQ(notes.at(0x2000000), "");
    const auto header = notes.at(0x2000001);
    EXPECT_EQ(value_at<std::uint64_t>(header, 0), 0xF00FEBEEU);
    EXPECT_EQ(value_at<std::uint64_t>(header, 8), 1U);
    EXPECT_EQ(value_at<std::uint64_t>(header, 16), 304U);
    EXPECT_EQ(value_at<std::uint64_t>(header, 24), 4096U);
    const auto version = notes.at(0x2000002);
    EXPECT_EQ(version.size(), 1280U);
    EXPECT_EQ(value_at<std::uint64_t>(version, 0), 4U);
    EXPECT_EQ(value_at<std::uint64_t>(version, 8), 17U);
    EXPECT_NE(version.find("xen-3.0-aarch64"), std::string::npos);
    EXPECT_EQ(value_at<std::uint64_t>(notes.at(0x2000003), 0), 1U);
}

TEST_F(DumpCore, AFullDiskLeavesNothingBehind) {
    ::signal(SIGXFSZ, SIG_IGN);
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
    const rlimit little{100000, before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &little), 0);
    const auto done = dump_core(*xen_, id_, path_);
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
    ASSERT_FALSE(done);
    EXPECT_NE(done.error().text().find("write " + path_), std::string::npos) << done.error().text();
    EXPECT_EQ(files(), std::vector<std::string>{});
}

TEST_F(DumpCore, AFileOfThatNameIsReplacedOnlyByAWholeCore) {
    std::ofstream{path_} << "an older core";
    machine_->fail("map", EIO);
    EXPECT_FALSE(dump_core(*xen_, id_, path_));
    machine_->clear_faults();
    std::ifstream file{path_};
    EXPECT_EQ((std::string{std::istreambuf_iterator<char>{file}, {}}), "an older core");
    EXPECT_EQ(files(), std::vector<std::string>{"core"});
    EXPECT_TRUE(dump_core(*xen_, id_, path_));
    EXPECT_EQ(text_of(Core{path_}.page(kRam)), "first");
}

TEST_F(DumpCore, WhateverUseOfTheHypervisorFailsNothingIsLeft) {
    const auto before = machine_->calls();
    ASSERT_TRUE(dump_core(*xen_, id_, path_));
    const auto uses = machine_->calls() - before;
    std::filesystem::remove(path_);
    for (std::uint64_t n = 1; n <= uses && !HasFailure(); ++n) {
        machine_->fail_nth_call(n, EIO);
        const auto done = dump_core(*xen_, id_, path_);
        machine_->clear_faults();
        if (done) std::filesystem::remove(path_);
        EXPECT_EQ(files(), std::vector<std::string>{}) << n;
        EXPECT_EQ(machine_->live_mappings(), 0U) << n;
    }
}

TEST_F(DumpCore, RefusesWhatIsNoRegularFileAndFoldersThatAreNotThere) {
    const auto device = dump_core(*xen_, id_, "/dev/null");
    ASSERT_FALSE(device);
    EXPECT_NE(device.error().text().find("no regular file"), std::string::npos);
    EXPECT_FALSE(dump_core(*xen_, id_, directory_));
    const auto nowhere = dump_core(*xen_, id_, directory_ + "/nosuch/core");
    ASSERT_FALSE(nowhere);
    EXPECT_NE(nowhere.error().text().find("No such file"), std::string::npos);
    EXPECT_FALSE(dump_core(*xen_, DomainId{99}, path_));
    const auto cancelled = dump_core(*xen_, id_, path_, [] { return true; });
    ASSERT_FALSE(cancelled);
    EXPECT_TRUE(cancelled.error().is(ECANCELED));
    EXPECT_EQ(files(), std::vector<std::string>{});
}

}  // namespace
}  // namespace zeroth::build
