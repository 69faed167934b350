#include "app/admin_endpoint.h"

#include <gtest/gtest.h>

#include <string>

namespace tinychat::app::admin_endpoint_test {

TEST(AdminEndpoint, AnAddressAndAPort) {
  struct Case {
    std::string_view text;
    std::string_view host;
    int port;
  };
  for (const auto& [text, host, port] : {
           Case{"127.0.0.1:9090", "127.0.0.1", 9090},
           Case{"[::1]:9090", "::1", 9090},
           Case{"localhost:1", "localhost", 1},
           Case{"*:65535", "*", 65535},
           Case{"9090", "127.0.0.1", 9090},
           Case{"127.0.0.1:0", "127.0.0.1", 0},
       }) {
    const auto endpoint = parse_admin_endpoint(text);
    ASSERT_TRUE(endpoint) << text << ": " << endpoint.error().detail;
    EXPECT_EQ(endpoint->host, host) << text;
    EXPECT_EQ(endpoint->port, port) << text;
  }
}

TEST(AdminEndpoint, WhatIsNoneIsRefusedWithHowToWriteIt) {
  for (const std::string_view text :
       {"", ":", ":9090", "127.0.0.1", "127.0.0.1:", "127.0.0.1:port", "127.0.0.1:65536", "127.0.0.1:-1",
        "::1:9090", "[]:9090", "[::1:9090", "::1]:9090", "127.0.0.1:90 ", "+90", "0x90", "[a]b]:90:"}) {
    const auto endpoint = parse_admin_endpoint(text);
    if (endpoint) {
      ADD_FAILURE() << text << " was taken as " << endpoint->host << " and " << endpoint->port;
      continue;
    }
    EXPECT_EQ(endpoint.error().code, Code::kUsage);
    EXPECT_NE(endpoint.error().detail.find("127.0.0.1:9090"), std::string::npos);
  }
}

}  // namespace tinychat::app::admin_endpoint_test
