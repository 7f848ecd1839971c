# What others keep for us, each behind one interface target `zeroth::ext::<name>`.
# Everything comes from Debian 12's packages; for a foreign architecture the toolchain file points
# CMAKE_FIND_ROOT_PATH at an unpacked sysroot (cmake/sysroot.sh).

find_package(Threads REQUIRED)

function(zeroth_external name)
    cmake_parse_arguments(EXT "" "HEADER" "LIBS;DEFINES" ${ARGN})
    add_library(zeroth_ext_${name} INTERFACE)
    add_library(zeroth::ext::${name} ALIAS zeroth_ext_${name})
    if(EXT_HEADER)
        find_path(ZEROTH_${name}_INCLUDE ${EXT_HEADER} REQUIRED)
        if(NOT ZEROTH_${name}_INCLUDE IN_LIST CMAKE_CXX_IMPLICIT_INCLUDE_DIRECTORIES)
            target_include_directories(zeroth_ext_${name} SYSTEM INTERFACE
                ${ZEROTH_${name}_INCLUDE})
        endif()
    endif()
    foreach(lib ${EXT_LIBS})
        if(ZEROTH_STATIC)
            find_library(ZEROTH_LIB_${lib} NAMES lib${lib}.a REQUIRED)
        else()
            find_library(ZEROTH_LIB_${lib} NAMES ${lib} REQUIRED)
        endif()
        target_link_libraries(zeroth_ext_${name} INTERFACE ${ZEROTH_LIB_${lib}})
    endforeach()
    target_compile_definitions(zeroth_ext_${name} INTERFACE ${EXT_DEFINES})
endfunction()

if(ZEROTH_STATIC) # Debian's libfmt-dev has no static library
    zeroth_external(fmt HEADER fmt/core.h)
    add_library(zeroth_fmt_static STATIC ${CMAKE_SOURCE_DIR}/core/fmt_static.cpp)
    target_include_directories(zeroth_fmt_static SYSTEM PRIVATE ${ZEROTH_fmt_INCLUDE})
    target_link_libraries(zeroth_ext_fmt INTERFACE zeroth_fmt_static)
else()
    zeroth_external(fmt HEADER fmt/core.h LIBS fmt)
endif()
zeroth_external(fdt HEADER libfdt.h LIBS fdt)
zeroth_external(zlib HEADER zlib.h LIBS z)
# rtnetlink's messages; what they mean is ours, so libnl-route is not needed.
zeroth_external(nl HEADER libnl3/netlink/netlink.h LIBS nl-3)
target_include_directories(zeroth_ext_nl SYSTEM INTERFACE ${ZEROTH_nl_INCLUDE}/libnl3)
target_link_libraries(zeroth_ext_nl INTERFACE Threads::Threads)
zeroth_external(toml HEADER toml++/toml.h DEFINES TOML_EXCEPTIONS=0)
zeroth_external(cli11 HEADER CLI/CLI.hpp)
zeroth_external(boost HEADER boost/asio/version.hpp
    DEFINES BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_SEPARATE_COMPILATION
            BOOST_BEAST_SEPARATE_COMPILATION)
target_link_libraries(zeroth_ext_boost INTERFACE Threads::Threads)
# Xen's libraries with a stable ABI, and no others: libxenctrl ties a binary to one release.
zeroth_external(xen HEADER xencall.h
    LIBS xencall xenforeignmemory xenevtchn xengnttab xentoolcore xentoollog)
# Xen's public headers alone (layouts and numbers), without linking anything.
zeroth_external(xenheaders HEADER xen/xen.h)
