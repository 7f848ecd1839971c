# A room is one folder, one static library and one row of ARCHITECTURE.md's table. It links what it
# may include and nothing else; `zeroth_write_rooms` writes the table that tests/lint checks every
# #include line against.

add_library(zeroth_flags INTERFACE)
target_compile_options(zeroth_flags INTERFACE
    -Wall -Wextra -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Wold-style-cast
    -Woverloaded-virtual -Wimplicit-fallthrough -Werror
    # GCC 12 sees overlapping copies inside std::string that are not there (GCC bug 105329).
    $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
    # libstdc++ 12's own std::stable_sort uses what it deprecates.
    $<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations>)
target_compile_definitions(zeroth_flags INTERFACE _GLIBCXX_ASSERTIONS _FILE_OFFSET_BITS=64
    ZEROTH_VERSION="${PROJECT_VERSION}")
if(CMAKE_SIZEOF_VOID_P EQUAL 4) # files have been 64 bits wide for longer than time
    target_compile_definitions(zeroth_flags INTERFACE _TIME_BITS=64)
    # GCC says of every call with a 64-bit argument that such were passed otherwise before GCC 7.
    target_compile_options(zeroth_flags INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-psabi>)
endif()
target_include_directories(zeroth_flags INTERFACE ${CMAKE_SOURCE_DIR})

# zeroth_room(<folder> [SOURCES a.cpp ...] [USES core libdomain/config ...] [LIBRARIES fmt ...]
#             [PRECOMPILED json|asio])
# LIBRARIES are third-party: their names are the targets zeroth::ext::<name> of dependencies.cmake.
# PRECOMPILED is a set of headers of precompile.cmake; the standard's is what a room has without.
function(zeroth_room folder)
    cmake_parse_arguments(ROOM "" "PRECOMPILED" "SOURCES;USES;LIBRARIES" ${ARGN})
    if(NOT ROOM_PRECOMPILED)
        set(ROOM_PRECOMPILED std)
    endif()
    string(REPLACE "/" "_" name ${folder})
    set(target zeroth_${name})
    set(sources ${ROOM_SOURCES})
    list(TRANSFORM sources PREPEND ${CMAKE_SOURCE_DIR}/${folder}/)
    if(sources)
        add_library(${target} STATIC ${sources})
        zeroth_precompile(${target} ${ROOM_PRECOMPILED})
        set(scope PUBLIC)
    else()
        add_library(${target} INTERFACE)
        set(scope INTERFACE)
    endif()
    target_link_libraries(${target} ${scope} zeroth_flags)
    foreach(used ${ROOM_USES})
        string(REPLACE "/" "_" used_name ${used})
        target_link_libraries(${target} ${scope} zeroth_${used_name})
    endforeach()
    foreach(library ${ROOM_LIBRARIES})
        target_link_libraries(${target} ${scope} zeroth::ext::${library})
    endforeach()
    list(JOIN ROOM_USES " " uses)
    list(JOIN ROOM_LIBRARIES " " libraries)
    set_property(GLOBAL APPEND PROPERTY ZEROTH_ROOMS "${folder}|${uses}|${libraries}")
endfunction()

function(zeroth_write_rooms)
    get_property(rooms GLOBAL PROPERTY ZEROTH_ROOMS)
    set(text "")
    foreach(room IN LISTS rooms)
        string(APPEND text "${room}\n")
    endforeach()
    file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/rooms.txt CONTENT "${text}")
endfunction()

# A program: its main and the rooms it is made of.
function(zeroth_program name)
    cmake_parse_arguments(PROGRAM "" "" "SOURCES;USES" ${ARGN})
    add_executable(${name} ${PROGRAM_SOURCES})
    zeroth_precompile(${name} std)
    foreach(used ${PROGRAM_USES})
        string(REPLACE "/" "_" used_name ${used})
        target_link_libraries(${name} PRIVATE zeroth_${used_name})
    endforeach()
    if(ZEROTH_STATIC)
        target_link_options(${name} PRIVATE -static)
    endif()
endfunction()
