# What is installed where: the program, its page of the manual, documentation, a sample configuration, units for
# systemd and configurations of proxies. packaging/deb makes a package of it.
include(GNUInstallDirs)

set(TINYCHAT_STATE_DIR /var/lib/tinychat CACHE PATH "Where the installed service keeps its messages")
set(TINYCHAT_UNIT_DIR ${CMAKE_INSTALL_PREFIX}/lib/systemd/system CACHE PATH "Where units are installed")

set(packaging ${CMAKE_SOURCE_DIR}/packaging)
set(made ${CMAKE_BINARY_DIR}/packaging)
set(DATA ${TINYCHAT_STATE_DIR})
configure_file(${packaging}/tinychat.conf.in ${made}/tinychat.conf @ONLY)
configure_file(${packaging}/systemd/tinychat.service.in ${made}/tinychat.service @ONLY)

# The options are in it as the program itself says them.
add_custom_command(
  OUTPUT ${made}/tinychat.1.gz
  COMMAND ${CMAKE_COMMAND} -DPROGRAM=$<TARGET_FILE:tinychat> -DVERSION=${PROJECT_VERSION}
          -DTEMPLATE=${packaging}/tinychat.1.in -DOUTPUT=${made}/tinychat.1 -P ${CMAKE_SOURCE_DIR}/cmake/write_manual.cmake
  COMMAND gzip -9nf ${made}/tinychat.1
  DEPENDS tinychat ${packaging}/tinychat.1.in ${CMAKE_SOURCE_DIR}/cmake/write_manual.cmake
  VERBATIM)
add_custom_target(manual ALL DEPENDS ${made}/tinychat.1.gz)

install(TARGETS tinychat RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES ${made}/tinychat.1.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${made}/tinychat.conf DESTINATION ${CMAKE_INSTALL_FULL_SYSCONFDIR}/tinychat)
install(FILES ${made}/tinychat.service ${packaging}/systemd/tinychat.socket DESTINATION ${TINYCHAT_UNIT_DIR})

file(GLOB documents ${CMAKE_SOURCE_DIR}/docs/*.md ${CMAKE_SOURCE_DIR}/docs/openapi.yaml)
install(FILES ${documents} ${CMAKE_SOURCE_DIR}/README.md ${CMAKE_SOURCE_DIR}/SECURITY.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY ${packaging}/proxy ${packaging}/prometheus ${packaging}/grafana DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples)

include(${packaging}/deb/package.cmake)
