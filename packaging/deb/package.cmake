# The Debian package: `script/package`.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME tinychat)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGE_DIRECTORY ${CMAKE_BINARY_DIR})
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_MAINTAINER "the tinychat authors <maintainers@tinychat.example>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "chat over server-sent events")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"One program that serves chat rooms: a page for any browser, event streams and
a plain POST for everything else. What was acknowledged is stored, and whoever
drops off comes back without a gap and without a repeat.

The service listens on this machine alone until it is told otherwise.")
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# OpenSSL is not linked with.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "adduser, libssl3 | libssl3t64")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "systemd")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "nginx | haproxy | caddy, redis-server")

set(deb ${CMAKE_SOURCE_DIR}/packaging/deb)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${deb}/postinst ${deb}/prerm ${deb}/postrm ${deb}/conffiles)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

# What every package has beside its documentation.
if(TINYCHAT_FOR_DEBIAN)
  add_custom_command(
    OUTPUT ${made}/changelog.gz
    COMMAND gzip -9nc ${deb}/changelog > ${made}/changelog.gz
    DEPENDS ${deb}/changelog)
  add_custom_target(changelog ALL DEPENDS ${made}/changelog.gz)
  install(FILES ${made}/changelog.gz ${deb}/copyright DESTINATION ${CMAKE_INSTALL_DOCDIR})
endif()

include(CPack)
