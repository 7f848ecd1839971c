# `cpack` in a build tree makes a Debian package of what `cmake --install` installs. It needs
# dpkg-deb, and for programs that are not linked statically dpkg-shlibdeps; never the network.

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME zeroth)
set(CPACK_PACKAGE_VENDOR zeroth)
set(CPACK_PACKAGE_CONTACT "zeroth maintainers <maintainers@example.org>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "Xen's tools in domain 0: xl, xld and xenstored for ARM")
set(CPACK_PACKAGE_DESCRIPTION
    "The userspace of a Xen host's domain 0: the command xl with its configuration files, the
daemon behind it, the XenStore server and its tools, and the services that start them. It takes
the place of the tools that come with Xen, with the same commands, files and XenStore nodes, and
works with the hypervisors of Xen 4.17 to 4.22.")
set(CPACK_PACKAGING_INSTALL_PREFIX ${CMAKE_INSTALL_PREFIX})
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION admin)
if(ZEROTH_CROSS_ARCH) # the toolchain's; else cpack asks dpkg
    set(CPACK_DEBIAN_PACKAGE_ARCHITECTURE ${ZEROTH_CROSS_ARCH})
endif()
# The files of these packages are ours now: the tools, and init scripts and settings of their names.
set(CPACK_DEBIAN_PACKAGE_CONFLICTS "xen-utils-common, xenstore-utils")
set(CPACK_DEBIAN_PACKAGE_REPLACES "xen-utils-common, xenstore-utils")
set(CPACK_DEBIAN_PACKAGE_PROVIDES "xenstore-utils")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "iproute2") # the hotplug scripts call `ip`
if(NOT ZEROTH_STATIC)
    find_program(ZEROTH_SHLIBDEPS dpkg-shlibdeps)
    if(ZEROTH_SHLIBDEPS)
        set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
    endif()
endif()
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
    ${CMAKE_SOURCE_DIR}/etc/package/conffiles ${CMAKE_SOURCE_DIR}/etc/package/postinst
    ${CMAKE_SOURCE_DIR}/etc/package/prerm ${CMAKE_SOURCE_DIR}/etc/package/postrm)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

include(CPack)
