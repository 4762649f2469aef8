"""A demo that tells the truth: lives of requests, lived through the same services that people use.

Each request is a life, a generator that names the moment at which it goes on and then acts
through a service at that moment. An engine lets all lives go on in the order of their moments,
until the end; whoever has not come further by then is what waits on the desk today.

writer      the whole of it                 engine, hours       the clock that is moved
seasons     when people ask, about what     planning, chances   what will become of each request
people      who they are                    lives               the lives that there are
places      where it happens                hearing, deciding, acts, working, ending   their parts
texts       what is said (texts/*.yaml)     board               what waits today
wording     said in one life                accounts, photos
"""
