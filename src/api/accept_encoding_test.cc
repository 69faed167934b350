#include "api/accept_encoding.h"

#include <gtest/gtest.h>

#include <utility>

namespace tinychat::api::accept_encoding_test {

TEST(AcceptEncoding, TheHeaviestThenTheSmallestIsChosen) {
  const std::pair<const char*, Coding> cases[] = {
      {"", Coding::kIdentity},
      {"gzip, deflate, br, zstd", Coding::kBrotli},
      {"gzip, deflate", Coding::kGzip},
      {"br", Coding::kBrotli},
      {"BR;Q=1", Coding::kBrotli},
      {"x-gzip", Coding::kGzip},
      {"*", Coding::kBrotli},
      {"identity", Coding::kIdentity},
      {"gzip;q=1.0, br;q=0.5", Coding::kGzip},
      {"gzip;q=0.501,br;q=0.5", Coding::kGzip},
      {"gzip ; q=0.5 , br ; q=0.5", Coding::kBrotli},
      {"br;q=0, gzip;q=0.000", Coding::kIdentity},
      {"br;q=0, *", Coding::kGzip},
      {"*;q=0", Coding::kIdentity},
      {"identity;q=0", Coding::kIdentity},
      {"identity;q=1, gzip;q=0.5", Coding::kIdentity},
      {"identity;q=0.5, *;q=0", Coding::kIdentity},
      {"gzip;q=0.001", Coding::kGzip},
      {"gzip;q=1.5", Coding::kIdentity},
      {"gzip;q=2, br;q=.5", Coding::kIdentity},
      {"gzip;q=0.1234", Coding::kIdentity},
      {"gzip;q=", Coding::kIdentity},
      {"gzip;level=9", Coding::kIdentity},
      {",,;q=1,gzip,", Coding::kGzip},
      {"brotli, gzipped", Coding::kIdentity},
  };
  for (const auto& [header, coding] : cases) EXPECT_EQ(choose_coding(header), coding) << header;
}

}  // namespace tinychat::api::accept_encoding_test
