#include "api/client.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tinychat::api::client_test {

const std::vector<wire::Subnet> kProxies = {wire::parse_subnet("127.0.0.1").value(),
                                            wire::parse_subnet("10.0.0.0/8").value()};

std::string client(const char* peer, const std::vector<std::string>& forwarded,
                   const std::vector<wire::Subnet>& trusted = kProxies) {
  net::Request request;
  request.peer = wire::parse_ip_address(peer).value();
  for (const auto& value : forwarded) request.headers.push_back({"x-forwarded-for", value});
  const Client found = client_of(request, trusted);
  return to_string(found.address) + (found.is_forwarded ? " forwarded" : "");
}

TEST(Client, IsThePeer) {
  EXPECT_EQ(client("203.0.113.7", {}), "203.0.113.7");
  EXPECT_EQ(client("127.0.0.1", {}), "127.0.0.1");
}

TEST(Client, IsWhomATrustedProxySpeaksFor) {
  EXPECT_EQ(client("127.0.0.1", {"203.0.113.7"}), "203.0.113.7 forwarded");
  EXPECT_EQ(client("10.1.2.3", {"2001:db8::1"}), "2001:db8::1 forwarded");
  EXPECT_EQ(client("127.0.0.1", {"203.0.113.7:1234"}), "203.0.113.7 forwarded");
  EXPECT_EQ(client("127.0.0.1", {"[2001:db8::1]:1234"}), "2001:db8::1 forwarded");
}

TEST(Client, OnlyWhatTrustedProxiesAddedCounts) {
  EXPECT_EQ(client("127.0.0.1", {"198.51.100.1, 203.0.113.7"}), "203.0.113.7 forwarded");
  EXPECT_EQ(client("127.0.0.1", {"198.51.100.1, 203.0.113.7 , 10.0.0.1"}), "203.0.113.7 forwarded");
  EXPECT_EQ(client("127.0.0.1", {"198.51.100.1", "203.0.113.7"}), "203.0.113.7 forwarded");
  EXPECT_EQ(client("127.0.0.1", {"10.0.0.2,10.0.0.1"}), "10.0.0.2 forwarded");
}

TEST(Client, NobodyElseIsBelieved) {
  EXPECT_EQ(client("203.0.113.7", {"198.51.100.1"}), "203.0.113.7");
  EXPECT_EQ(client("127.0.0.1", {"198.51.100.1"}, {}), "127.0.0.1");
}

TEST(Client, NonsenseEndsTheSearch) {
  EXPECT_EQ(client("127.0.0.1", {"unknown"}), "127.0.0.1 forwarded");
  EXPECT_EQ(client("127.0.0.1", {"198.51.100.1, , 10.0.0.1"}), "10.0.0.1 forwarded");
  EXPECT_EQ(client("127.0.0.1", {""}), "127.0.0.1");
  EXPECT_EQ(client("127.0.0.1", {"203.0.113.7, unknown"}), "127.0.0.1 forwarded");
  EXPECT_EQ(client("127.0.0.1", {"[", "10.0.0.1"}), "10.0.0.1 forwarded");
}

}  // namespace tinychat::api::client_test
