# What most files include takes most of a compiler's time, so it is parsed once per set and build. The
# files include what they use all the same: `dev`, which clang-tidy reads, does without.

option(ZEROTH_PRECOMPILE "precompile the headers that most files include" ON)

if(ZEROTH_PRECOMPILE)
    # What ccache asks for. And GCC 12 warns of copies inside std::string that are not there: in headers of
    # the system that is not shown, in a precompiled one it is.
    target_compile_options(zeroth_flags INTERFACE
        "$<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess;-Wno-array-bounds;-Wno-stringop-overflow>"
        "$<$<CXX_COMPILER_ID:Clang>:SHELL:-Xclang -fno-pch-timestamp>")
endif()

set(ZEROTH_HEADERS_std
    <algorithm> <array> <charconv> <chrono> <cstdint> <cstring> <fmt/format.h> <functional> <map> <memory>
    <optional> <set> <span> <string> <string_view> <utility> <variant> <vector>)
set(ZEROTH_HEADERS_json ${ZEROTH_HEADERS_std}
    <boost/json/array.hpp> <boost/json/object.hpp> <boost/json/serialize.hpp>)
set(ZEROTH_HEADERS_asio ${ZEROTH_HEADERS_json} # whoever includes these has to link Asio
    <boost/asio/as_tuple.hpp> <boost/asio/awaitable.hpp> <boost/asio/co_spawn.hpp>
    <boost/asio/detached.hpp> <boost/asio/io_context.hpp> <boost/asio/post.hpp>
    <boost/asio/steady_timer.hpp> <boost/asio/use_awaitable.hpp>)
set(ZEROTH_HEADERS_gtest ${ZEROTH_HEADERS_std} <gmock/gmock.h> <gtest/gtest.h>)

# zeroth_precompile(<target> std|json|asio|gtest)
function(zeroth_precompile target set)
    if(NOT ZEROTH_PRECOMPILE)
        return()
    endif()
    set(owner zeroth_precompiled_${set})
    if(NOT TARGET ${owner})
        file(WRITE ${CMAKE_BINARY_DIR}/${owner}.cpp "")
        add_library(${owner} OBJECT ${CMAKE_BINARY_DIR}/${owner}.cpp)
        target_link_libraries(${owner} PRIVATE zeroth_flags zeroth::ext::fmt
            $<$<IN_LIST:${set},json;asio>:zeroth::ext::boost> $<$<STREQUAL:${set},gtest>:GTest::gmock>)
        target_precompile_headers(${owner} PRIVATE ${ZEROTH_HEADERS_${set}})
    endif()
    target_precompile_headers(${target} REUSE_FROM ${owner})
endfunction()
