// SPDX-License-Identifier: Apache-2.0
// expect: style for no newline at the end