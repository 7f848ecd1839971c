// SPDX-License-Identifier: Apache-2.0
// expect: style for a blank at the end 
// expect: style	for a tab
// expect: style	for a carriage return
