# SPDX-License-Identifier: Apache-2.0
cp /home/somebody/file .                       # expect: clean-hands
cd "/srv/tree"                                # expect: clean-hands
fetch https://packages.invalid.net/index       # expect: clean-hands
# As issue 12 says.                            expect: clean-hands
# issue #3                                     expect: clean-hands
# TODO(somebody): later                        expect: clean-hands
