#include "wire/metrics_text.h"

#include <gtest/gtest.h>

#include <array>
#include <limits>

namespace tinychat::wire::metrics_text_test {

using Kind = MetricsText::Kind;

TEST(MetricsText, AFamilyAndItsSamples) {
  MetricsText text;
  text.family("chairs_total", Kind::kCounter, "Chairs that were sold.");
  text.sample(std::uint64_t{7}, {{"colour", "red"}, {"legs", "4"}});
  text.sample(std::uint64_t{1} << 63U);
  EXPECT_EQ(text.take(),
            "# HELP chairs_total Chairs that were sold.\n"
            "# TYPE chairs_total counter\n"
            "chairs_total{colour=\"red\",legs=\"4\"} 7\n"
            "chairs_total 9223372036854775808\n");
}

TEST(MetricsText, BucketsAddUp) {
  MetricsText text;
  text.family("height", Kind::kHistogram, "Metres.");
  text.histogram(std::array{0.5, 2.0}, std::array<std::uint64_t, 3>{1, 0, 2}, 9.25);
  EXPECT_EQ(text.take(),
            "# HELP height Metres.\n"
            "# TYPE height histogram\n"
            "height_bucket{le=\"0.5\"} 1\n"
            "height_bucket{le=\"2\"} 1\n"
            "height_bucket{le=\"+Inf\"} 3\n"
            "height_sum 9.25\n"
            "height_count 3\n");
}

TEST(MetricsText, WhatIsInALabelStaysInIt) {
  MetricsText text;
  text.family("x", Kind::kGauge, "a\nb\\c\"d");
  text.sample(0.1, {{"path", "C:\\\"a\"\n"}});
  EXPECT_EQ(text.take(),
            "# HELP x a\\nb\\\\c\"d\n"
            "# TYPE x gauge\n"
            "x{path=\"C:\\\\\\\"a\\\"\\n\"} 0.1\n");
}

TEST(MetricsText, NumbersThatAreNone) {
  MetricsText text;
  text.family("x", Kind::kGauge, "");
  text.sample(std::numeric_limits<double>::infinity());
  text.sample(-std::numeric_limits<double>::infinity());
  text.sample(std::numeric_limits<double>::quiet_NaN());
  text.sample(1e-9);
  const std::string page = text.take();
  EXPECT_TRUE(page.ends_with("x +Inf\nx -Inf\nx NaN\nx 1e-09\n")) << page;
}

}  // namespace tinychat::wire::metrics_text_test
